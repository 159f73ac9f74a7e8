/** Compatibility settings that change what the API answers, each with its test; those that need more are in test/. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StatusError } from '../apimachinery/status-error.ts';
import type { ApiClient } from '../client/client.ts';
import { cronJobs } from '../resources/batch/cron-job.ts';
import { jobs } from '../resources/batch/job.ts';
import { configMaps } from '../resources/core/config-map.ts';
import { namespaces } from '../resources/core/namespace.ts';
import { pods } from '../resources/core/pod.ts';
import { services } from '../resources/core/service.ts';
import { startCluster } from './start-cluster.ts';

const linkAt = async (client: ApiClient, path: string): Promise<string | undefined> => ((await client.transport.call({ method: 'GET', path })) as { metadata?: { selfLink?: string } }).metadata?.selfLink;

describe('selflink', () => {
  it('gives each object the path at which it is read, through every kind of write', async () => {
    await using cluster = await startCluster({ settings: ['selflink'], nodes: 1 });
    const { client } = cluster;
    const maps = client.of(configMaps).namespace('default');
    const path = '/api/v1/namespaces/default/configmaps/a';
    assert.equal((await maps.create({ metadata: { name: 'a', selfLink: '/lie' } })).metadata.selfLink, path);
    assert.equal((await maps.patch('a', 'merge', { data: { x: 'y' } })).metadata.selfLink, path);
    assert.deepEqual((await maps.list({ fieldSelector: 'metadata.name=a' })).items.map(({ metadata }) => metadata.selfLink), [path]);
    assert.equal((await client.of(namespaces).get('default')).metadata.selfLink, '/api/v1/namespaces/default');
    const made = await client.of(pods).namespace('default').create({ metadata: { generateName: 'p-' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    assert.equal(made.metadata.selfLink, `/api/v1/namespaces/default/pods/${made.metadata.name ?? ''}`);
    // Bound by the scheduler, and given a status by the simulated node.
    await cluster.settled();
    const running = await client.of(pods).namespace('default').get(made.metadata.name ?? '');
    assert.deepEqual([running.status?.phase, running.metadata.selfLink], ['Running', made.metadata.selfLink]);
  });

  it('tells the path of the version that is asked for', async () => {
    await using cluster = await startCluster({ settings: ['selflink'] });
    await cluster.client.of(cronJobs).namespace('default').create(cronJob);
    for (const version of ['v1', 'v1beta1']) {
      const path = `/apis/batch/${version}/namespaces/default/cronjobs/tick`;
      assert.equal(await linkAt(cluster.client, path), path);
    }
  });

  it('is off by default, whatever a client sends', async () => {
    await using cluster = await startCluster();
    const made = await cluster.client.of(configMaps).namespace('default').create({ metadata: { name: 'a', selfLink: '/lie' } });
    assert.equal(made.metadata.selfLink, undefined);
  });
});

describe('leftover-nodeport-422', () => {
  const turnToClusterIp = async (client: ApiClient): Promise<unknown> => {
    const api = client.of(services).namespace('default');
    await api.create({ metadata: { name: 'web' }, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
    return api.patch('web', 'merge', { spec: { type: 'ClusterIP' } });
  };

  it('refuses a Service that turns ClusterIP and keeps its node port', async () => {
    await using cluster = await startCluster({ settings: ['leftover-nodeport-422', 'selflink'] });
    await assert.rejects(turnToClusterIp(cluster.client), (error) => error instanceof StatusError && error.code === 422 && error.message === "Service \"web\" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'");
    const given = await cluster.client.of(services).namespace('default').patch('web', 'merge', { spec: { type: 'ClusterIP', ports: [{ port: 80 }] } });
    assert.equal(given.spec?.ports?.[0]?.nodePort, undefined);
  });

  it('is off by default: the port goes by itself', async () => {
    await using cluster = await startCluster();
    assert.equal(((await turnToClusterIp(cluster.client)) as { spec: { ports: { nodePort?: number }[] } }).spec.ports[0]?.nodePort, undefined);
  });
});

const cronJob = { metadata: { name: 'tick' }, spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'i' }] } } } } } };

describe('cronjob-seconds-suffix', () => {
  for (const { settings, unit } of [{ settings: ['cronjob-seconds-suffix'], unit: 1000 }, { settings: [], unit: 60_000 }]) {
    it(`names Jobs by ${unit / 1000} s${settings.length === 0 ? ' when it is off' : ''}`, async () => {
      await using cluster = await startCluster({ settings, now: Date.UTC(2026, 0, 1, 0, 1) });
      await cluster.client.of(cronJobs).namespace('default').create(cronJob);
      await cluster.clock.advance(300_000);
      const { items } = await cluster.client.of(jobs).namespace('default').list();
      assert.deepEqual(items.map(({ metadata }) => metadata.name), [`tick-${Date.UTC(2026, 0, 1, 0, 5) / unit}`]);
    });
  }
});
