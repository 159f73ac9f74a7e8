/** The official JavaScript client's watches and informers. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CoreV1Api, KubeConfig, PatchStrategy, Watch, makeInformer, setHeaderOptions } from '@kubernetes/client-node';
import type { KubernetesObject, V1ConfigMap } from '@kubernetes/client-node';
import { startTestServer, type TestServer } from '../../harness/api-server.ts';
import { eventually } from '../../harness/bounded.ts';

const namespace = 'default';
const path = '/api/v1/namespaces/default/configmaps';

describe('the JavaScript client watching', () => {
  let server: TestServer;
  const config = new KubeConfig();
  let core: CoreV1Api;
  before(async () => {
    server = await startTestServer();
    config.loadFromString(JSON.stringify(server.server.kubeconfig));
    core = config.makeApiClient(CoreV1Api);
  });
  after(() => server[Symbol.asyncDispose]());

  const make = (name: string, labels = {}): Promise<V1ConfigMap> => core.createNamespacedConfigMap({ namespace, body: { metadata: { name, labels } } });
  const remove = (name: string): Promise<unknown> => core.deleteNamespacedConfigMap({ namespace, name });
  const label = (name: string, value: string | null): Promise<V1ConfigMap> =>
    core.patchNamespacedConfigMap({ namespace, name, body: { metadata: { labels: { seen: value } } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));

  /** Watches until as many events as wanted have come; answers 'TYPE name' and where to go on. */
  async function watched(query: Record<string, string>, count: number, act: () => Promise<unknown> = () => Promise.resolve()): Promise<{ events: string[]; last: string }> {
    const events: string[] = [];
    let last = '';
    let end: (error: unknown) => void = () => undefined;
    const ended = new Promise<unknown>((resolve) => (end = resolve));
    const control = await new Watch(config).watch(path, query, (phase, object: KubernetesObject) => {
      events.push(`${phase} ${object.metadata?.name ?? ''}`);
      last = object.metadata?.resourceVersion ?? last;
      if (events.length === count) control.abort();
    }, (error) => end(error));
    await act();
    await ended;
    return { events, last };
  }

  it('resumes where it stopped', async () => {
    const start = (await core.listNamespacedConfigMap({ namespace })).metadata?.resourceVersion ?? '';
    const first = await watched({ resourceVersion: start }, 2, async () => { await make('one'); await make('two'); });
    assert.deepEqual(first.events, ['ADDED one', 'ADDED two']);
    await remove('one');
    await make('three');
    const second = await watched({ resourceVersion: first.last, allowWatchBookmarks: 'true' }, 2);
    assert.deepEqual(second.events, ['DELETED one', 'ADDED three']);
  });

  it('sees an object leave its selector as deleted', async () => {
    await make('leaving', { seen: 'yes' });
    const { metadata } = await core.listNamespacedConfigMap({ namespace });
    const { events } = await watched({ labelSelector: 'seen=yes', resourceVersion: metadata?.resourceVersion ?? '' }, 2, async () => { await label('leaving', null); await label('leaving', 'yes'); });
    assert.deepEqual(events, ['DELETED leaving', 'ADDED leaving']);
  });

  it('is told of what exists and where that ends, with sendInitialEvents', async () => {
    await make('initial', { set: 'initial' });
    const { events } = await watched({ labelSelector: 'set=initial', sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' }, 2);
    assert.deepEqual(events, ['ADDED initial', 'BOOKMARK ']);
  });

  it('an informer lists, then follows', async () => {
    await make('before', { kept: 'yes' });
    const informer = makeInformer<V1ConfigMap>(config, path, () => core.listNamespacedConfigMap({ namespace, labelSelector: 'kept=yes' }), 'kept=yes');
    const log: string[] = [];
    for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, ({ metadata }) => log.push(`${verb} ${metadata?.name ?? ''}`));
    const problems: unknown[] = [];
    informer.on('error', (error) => problems.push(error));
    await informer.start();
    try {
      await make('during', { kept: 'yes' });
      await label('during', 'x');
      await remove('before');
      await eventually(() => Promise.resolve(log.length), (length) => length >= 4);
      assert.deepEqual(log, ['add before', 'add during', 'update during', 'delete before']);
      assert.deepEqual(informer.list(namespace).map(({ metadata }) => metadata?.name), ['during']);
      assert.deepEqual(problems, []);
    } finally {
      await informer.stop();
    }
  });
});
