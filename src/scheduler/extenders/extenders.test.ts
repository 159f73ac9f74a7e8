import assert from 'node:assert/strict';
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { createAuthority, issueCertificate } from '../../pki/certificate-authority.ts';
import { events } from '../../resources/core/event.ts';
import { podCondition } from '../../resources/core/pod-conditions.ts';
import { pods } from '../../resources/core/pod.ts';
import { priorityClasses } from '../../resources/scheduling/priority-class.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { createNode, createPod, getPod, node, pod } from '../testing/objects.ts';

type Body = Record<string, unknown> & { readonly Pod: corev1.Pod };
type Answers = Readonly<Record<string, (body: Body) => unknown>>;

/** A program that answers by verb; what is undefined is answered with code 500. */
class Program {
  readonly asked: { readonly verb: string; readonly body: Body }[] = [];
  readonly #server: Server;

  constructor(answers: Answers, tls?: { readonly cert: string; readonly key: string; readonly ca: string }) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      void json(request).then((body) => {
        const verb = request.url?.split('/').at(-1) ?? '';
        this.asked.push({ verb, body: body as Body });
        const result = answers[verb]?.(body as Body);
        response.writeHead(result === undefined ? 500 : 200).end(JSON.stringify(result ?? null));
      });
    };
    this.#server = tls ? createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: true }, answer) : createPlainServer(answer);
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const configuration = (...extenders: object[]): object => ({ apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', extenders });

async function clusterWith(program: Program, extender: object, nodes: readonly string[] = ['a', 'b']): Promise<Cluster> {
  const port = await program.listen();
  const cluster = await startCluster({ schedulerConfiguration: configuration({ urlPrefix: `http://127.0.0.1:${port}/say/`, ...extender }) });
  for (const name of nodes) await createNode(cluster.client, node(name));
  return cluster;
}

/** Where a new Pod is put, and what is said of it. */
async function placed(cluster: Cluster, name: string, sketch: Parameters<typeof pod>[1] = {}): Promise<{ node: string | undefined; says: string }> {
  await createPod(cluster.client, pod(name, sketch));
  await cluster.settled();
  const { spec, status } = await getPod(cluster.client, name);
  return { node: spec?.nodeName, says: podCondition({ metadata: {}, status }, 'PodScheduled')?.message ?? '' };
}

test('a filter gets the nodes that are feasible, and its choice stands', async () => {
  await using program = new Program({ filter: (body) => ({ Nodes: { items: (body['Nodes'] as { items: corev1.Node[] }).items.filter(({ metadata }) => metadata.name === 'b') }, FailedNodes: { a: 'too cold' } }) });
  await using cluster = await clusterWith(program, { filterVerb: 'filter' });
  await createNode(cluster.client, node('c', { spec: { unschedulable: true } }));
  assert.equal((await placed(cluster, 'web')).node, 'b');
  const [call] = program.asked;
  assert.equal(call?.body.Pod.metadata.name, 'web');
  assert.equal(call?.body['NodeNames'], null);
  assert.deepEqual((call?.body['Nodes'] as { items: corev1.Node[] }).items.map(({ metadata }) => metadata.name).sort(), ['a', 'b']);
});

test('what a filter says of the nodes is told, and the Pod is tried again when anything happens', async () => {
  let isOpen = false;
  await using program = new Program({ filter: ({ NodeNames: names }) => (isOpen ? { nodenames: names } : { nodenames: [], failedNodes: { a: 'too cold', b: 'too cold' }, failedAndUnresolvableNodes: { b: 'too far' } }) });
  await using cluster = await clusterWith(program, { filterVerb: 'filter', nodeCacheCapable: true });
  const refused = await placed(cluster, 'web');
  assert.equal(refused.says, '0/2 nodes are available: 1 too cold, 1 too far. preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.');
  assert.deepEqual((program.asked[0]?.body['NodeNames'] as string[]).toSorted(), ['a', 'b']);
  assert.equal(program.asked[0]?.body['Nodes'], null);
  isOpen = true;
  await createNode(cluster.client, node('c', { spec: { unschedulable: true } }));
  await cluster.settled();
  assert.notEqual((await getPod(cluster.client, 'web')).spec?.nodeName, undefined);
});

test('scores of an extender count by its weight', async () => {
  await using program = new Program({ prioritize: () => [{ Host: 'a', Score: 0 }, { Host: 'b', Score: 10 }] });
  await using cluster = await clusterWith(program, { prioritizeVerb: 'prioritize', weight: 5 });
  const requests = { cpu: '500m', memory: '1Gi' };
  for (const name of ['one', 'two', 'three']) assert.equal((await placed(cluster, name, { requests })).node, 'b');
});

test('an extender that gives no scores is not missed', async () => {
  await using program = new Program({});
  await using cluster = await clusterWith(program, { prioritizeVerb: 'prioritize', weight: 5 }, ['a', 'b']);
  assert.notEqual((await placed(cluster, 'web')).node, undefined);
});

test('a filter that fails stops its Pods, unless it may be ignored', async () => {
  await using program = new Program({});
  await using cluster = await clusterWith(program, { filterVerb: 'filter' });
  const { node: nodeName, says } = await placed(cluster, 'web');
  assert.equal(nodeName, undefined);
  assert.match(says, /^failed filter with extender at URL http:\/\/127\.0\.0\.1:\d+\/say\/filter, code 500$/);
  assert.equal(podCondition(await getPod(cluster.client, 'web'), 'PodScheduled')?.reason, 'SchedulerError');

  await using other = new Program({});
  await using lenient = await clusterWith(other, { filterVerb: 'filter', ignorable: true });
  assert.notEqual((await placed(lenient, 'web')).node, undefined);
  assert.equal(other.asked.length, 1);
});

test('an extender is asked only for Pods that want what it manages, and may answer for it alone', async () => {
  const gpu = { 'example.com/gpu': '1' };
  await using program = new Program({ filter: () => ({ NodeNames: ['b'] }) });
  await using cluster = await clusterWith(program, { filterVerb: 'filter', nodeCacheCapable: true, managedResources: [{ name: 'example.com/gpu', ignoredByScheduler: true }] });
  await placed(cluster, 'plain');
  assert.deepEqual(program.asked, []);
  const containers = [{ name: 'main', image: 'app', resources: { requests: gpu, limits: gpu } }];
  assert.equal((await placed(cluster, 'fancy', { containers })).node, 'b');
});

test('an extender binds', async () => {
  let cluster: Cluster | undefined;
  const bound: unknown[] = [];
  await using program = new Program({
    bind: ({ PodName: name, Node: target, ...rest }) => {
      bound.push({ name, target, ...rest });
      void cluster?.client.of(pods).namespace('default').post(String(name), 'binding', { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: target } });
      return { Error: '' };
    },
  });
  await using started = await clusterWith(program, { bindVerb: 'bind' }, ['a']);
  cluster = started;
  assert.equal((await placed(started, 'web')).node, 'a');
  const { metadata } = await getPod(started.client, 'web');
  assert.deepEqual(bound, [{ name: 'web', target: 'a', PodNamespace: 'default', PodUID: metadata.uid }]);
  const told = (await started.client.of(events).namespace('default').list({ fieldSelector: 'involvedObject.name=web' })).items;
  assert.deepEqual(told.map(({ message }) => message), ['Successfully assigned default/web to a']);
});

test('an extender has a say in who must go', async () => {
  await using program = new Program({ preempt: (body) => ({ NodeNameToMetaVictims: { b: (body['NodeNameToMetaVictims'] as Record<string, unknown>)['b'] } }) });
  await using cluster = await clusterWith(program, { preemptVerb: 'preempt', nodeCacheCapable: true });
  for (const [name, value] of [['middle', 100], ['high', 1000]] as const) await cluster.client.of(priorityClasses).create({ metadata: { name }, value });
  const most = { requests: { cpu: '3' } };
  // On its own the scheduler would choose the less important victim, on a.
  await placed(cluster, 'low', { ...most, nodeSelector: { 'kubernetes.io/hostname': 'a' } });
  await placed(cluster, 'middle', { ...most, nodeSelector: { 'kubernetes.io/hostname': 'b' }, priorityClassName: 'middle' });
  await placed(cluster, 'high', { ...most, priorityClassName: 'high' });
  assert.equal((await getPod(cluster.client, 'high')).status?.nominatedNodeName, 'b');
  assert.equal((await getPod(cluster.client, 'low')).metadata.deletionTimestamp, undefined);
  assert.notEqual((await getPod(cluster.client, 'middle')).metadata.deletionTimestamp, undefined);
});

test('extenders are called over TLS, both sides checked', async () => {
  const [authority, stranger] = [createAuthority({ commonName: 'ca' }), createAuthority({ commonName: 'stranger' })];
  const server = issueCertificate(authority, { commonName: 'extender', usages: 'server', dnsNames: ['extender.test'] });
  const client = issueCertificate(authority, { commonName: 'scheduler', usages: 'client' });
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const reach = async (caPem: string): Promise<string | undefined> => {
    await using program = new Program({ filter: () => ({ NodeNames: ['b'] }) }, { cert: server.certPem, key: server.keyPem, ca: authority.certPem });
    const port = await program.listen();
    const tlsConfig = { serverName: 'extender.test', caData: base64(caPem), certData: base64(client.certPem), keyData: base64(client.keyPem) };
    await using cluster = await startCluster({ schedulerConfiguration: configuration({ urlPrefix: `https://127.0.0.1:${port}`, enableHTTPS: true, filterVerb: 'filter', nodeCacheCapable: true, tlsConfig }) });
    for (const name of ['a', 'b']) await createNode(cluster.client, node(name));
    return (await placed(cluster, 'web')).node;
  };
  assert.equal(await reach(authority.certPem), 'b');
  assert.equal(await reach(stranger.certPem), undefined);
});
