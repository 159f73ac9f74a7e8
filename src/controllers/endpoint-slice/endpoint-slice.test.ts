import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { endpoints } from '../../resources/core/endpoints.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { endpointSliceMirroringController } from '../endpoint-slice-mirroring/endpoint-slice-mirroring.ts';
import { endpointsController } from '../endpoints/endpoints.ts';
import { addNode, prepareNamespace, readyStatus, setPodStatus } from '../runtime/testing.ts';
import { planSlices } from '../runtime/slices.ts';
import { endpointSliceController } from './endpoint-slice.ts';

const controllers = [endpointsController, endpointSliceController, endpointSliceMirroringController];

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers });
  await prepareNamespace(cluster.client);
  await addNode(cluster.client, cluster.clock, 'n1', { 'topology.kubernetes.io/zone': 'a' });
  return cluster;
}

const service = (over: Partial<corev1.ServiceSpec> = {}): corev1.Service => ({ metadata: { name: 'web', labels: { team: 'x' } }, spec: { clusterIP: 'None', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'web' }], ...over } });

async function addPod(cluster: Cluster, i: number, over: { ready?: boolean; port?: number } = {}): Promise<corev1.Pod> {
  const pod = await cluster.client.of(pods).namespace('default').create({
    metadata: { name: `web-${i}`, labels: { app: 'web' } },
    spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'i', ports: [{ name: 'web', containerPort: over.port ?? 8080 }] }] },
  });
  const status = readyStatus(cluster.clock.now(), `10.1.0.${i}`);
  return setPodStatus(cluster.client, pod, over.ready === false ? { ...status, conditions: [] } : status);
}

const slicesOf = async (cluster: Cluster) => (await cluster.client.of(endpointSlices).namespace('default').list()).items;
const endpointsOf = (cluster: Cluster) => cluster.client.of(endpoints).namespace('default').get('web');

test('ready and unready Pods, ports by name, in both kinds of objects', async () => {
  await using cluster = await start();
  const made = await cluster.client.of(services).namespace('default').create(service());
  await addPod(cluster, 1);
  await addPod(cluster, 2, { ready: false });
  await cluster.settled();
  const [slice, ...more] = await slicesOf(cluster);
  assert.equal(more.length, 0);
  assert.match(slice?.metadata.name ?? '', /^web-[a-z0-9]{5}$/);
  assert.deepEqual(slice?.metadata.labels, { team: 'x', 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io', 'service.kubernetes.io/headless': '' });
  assert.equal(slice?.metadata.ownerReferences?.[0]?.uid, made.metadata.uid);
  assert.deepEqual(slice?.ports, [{ name: 'http', port: 8080, protocol: 'TCP' }]);
  assert.deepEqual((slice?.endpoints ?? []).map(({ addresses, conditions, nodeName, zone }) => [addresses, conditions, nodeName, zone]), [
    [['10.1.0.1'], { ready: true, serving: true, terminating: false }, 'n1', 'a'],
    [['10.1.0.2'], { ready: false, serving: false, terminating: false }, 'n1', 'a'],
  ]);
  const [subset] = (await endpointsOf(cluster)).subsets ?? [];
  assert.deepEqual(subset?.addresses?.map(({ ip, targetRef }) => [ip, targetRef?.name]), [['10.1.0.1', 'web-1']]);
  assert.deepEqual(subset?.notReadyAddresses?.map(({ ip }) => ip), ['10.1.0.2']);
  assert.deepEqual(subset?.ports, [{ name: 'http', port: 8080, protocol: 'TCP' }]);
});

test('a Pod that stops leaves Endpoints at once, serves on in its slice, and all is gone with the Service', async () => {
  await using cluster = await start();
  await cluster.client.of(services).namespace('default').create(service());
  await addPod(cluster, 1);
  await cluster.settled();
  await cluster.client.of(pods).namespace('default').delete('web-1');
  await cluster.settled();
  assert.equal((await endpointsOf(cluster)).subsets, undefined);
  assert.deepEqual((await slicesOf(cluster))[0]?.endpoints?.[0]?.conditions, { ready: false, serving: true, terminating: true });
  await cluster.client.of(pods).namespace('default').delete('web-1', { gracePeriodSeconds: 0 });
  await cluster.settled();
  assert.deepEqual((await slicesOf(cluster)).map((slice) => slice.endpoints ?? []), [[]]);
  await cluster.client.of(services).namespace('default').delete('web');
  await cluster.settled();
  assert.equal((await slicesOf(cluster)).length, 0);
  assert.equal((await cluster.client.of(endpoints).namespace('default').list()).items.length, 0);
});

test('publishNotReadyAddresses shows all as ready', async () => {
  await using cluster = await start();
  await cluster.client.of(services).namespace('default').create(service({ publishNotReadyAddresses: true }));
  await addPod(cluster, 1, { ready: false });
  await cluster.settled();
  assert.deepEqual((await slicesOf(cluster))[0]?.endpoints?.[0]?.conditions, { ready: true, serving: false, terminating: false });
  assert.equal((await endpointsOf(cluster)).subsets?.[0]?.addresses?.length, 1);
});

test('Pods whose named port differs stand apart; relabelled ones leave', async () => {
  await using cluster = await start();
  await cluster.client.of(services).namespace('default').create(service());
  await addPod(cluster, 1);
  await addPod(cluster, 2, { port: 9090 });
  await cluster.settled();
  assert.deepEqual((await slicesOf(cluster)).map(({ ports }) => ports?.[0]?.port).sort(), [8080, 9090]);
  assert.equal((await endpointsOf(cluster)).subsets?.length, 2);
  await cluster.client.of(pods).namespace('default').patch('web-2', 'merge', { metadata: { labels: { app: 'other' } } });
  await cluster.settled();
  assert.deepEqual((await slicesOf(cluster)).map(({ ports }) => ports?.[0]?.port), [8080]);
});

test('a hundred endpoints fit in a slice', async () => {
  await using cluster = await start();
  await cluster.client.of(services).namespace('default').create(service());
  for (let i = 1; i <= 150; i++) await addPod(cluster, i);
  await cluster.settled();
  const sizes = (await slicesOf(cluster)).map((slice) => slice.endpoints?.length ?? 0);
  assert.equal(sizes.reduce((a, b) => a + b), 150);
  assert.ok(Math.max(...sizes) <= 100 && sizes.length === 2);
  const addresses = (await endpointsOf(cluster)).subsets?.[0]?.addresses?.map(({ ip }) => ip) ?? [];
  assert.deepEqual(addresses.slice(0, 4), ['10.1.0.1', '10.1.0.10', '10.1.0.100', '10.1.0.101'], 'in the order of their texts');
});

test('Endpoints written by hand are mirrored, and unmirrored', async () => {
  await using cluster = await start();
  await cluster.client.of(services).namespace('default').create({ metadata: { name: 'web' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } });
  const written = cluster.client.of(endpoints).namespace('default');
  await written.create({ metadata: { name: 'web' }, subsets: [{ addresses: [{ ip: '192.168.123.234' }], ports: [{ port: 80 }] }] });
  await cluster.settled();
  const [slice] = await slicesOf(cluster);
  assert.equal(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslicemirroring-controller.k8s.io');
  assert.deepEqual(slice?.endpoints?.[0]?.addresses, ['192.168.123.234']);
  assert.deepEqual((await written.get('web')).subsets?.[0]?.addresses, [{ ip: '192.168.123.234' }]);
  await written.delete('web');
  await cluster.settled();
  assert.equal((await slicesOf(cluster)).length, 0);
});

test('a plan keeps endpoints where they are', () => {
  const endpoint = (i: number): discoveryv1.Endpoint => ({ addresses: [`10.0.0.${i}`] });
  const slice = (name: string, of: number[]): discoveryv1.EndpointSlice => ({ metadata: { name }, addressType: 'IPv4', ports: [], endpoints: of.map(endpoint) });
  const group = (of: number[]) => ({ addressType: 'IPv4', ports: [], endpoints: of.map(endpoint) });
  const plan = planSlices([slice('a', [1, 2]), slice('b', [3])], [group([1, 2, 4])], {}, 2);
  assert.deepEqual([plan.create.length, plan.update.map(({ metadata, endpoints: now }) => [metadata.name, now?.length]), plan.remove.length], [0, [['b', 1]], 0]);
});


const hints: readonly [distribution: string, expected: object][] = [
  ['PreferClose', { forZones: [{ name: 'a' }] }],
  ['PreferSameZone', { forZones: [{ name: 'a' }] }],
  ['PreferSameNode', { forZones: [{ name: 'a' }], forNodes: [{ name: 'n1' }] }],
];
for (const [trafficDistribution, expected] of hints) {
  test(`hints where traffic should come from: ${trafficDistribution}`, async () => {
    await using cluster = await start();
    await cluster.client.of(services).namespace('default').create(service({ trafficDistribution }));
    await addPod(cluster, 1);
    await addPod(cluster, 2, { ready: false });
    await cluster.settled();
    assert.deepEqual((await slicesOf(cluster))[0]?.endpoints?.map((endpoint) => endpoint.hints), [expected, undefined]);
    await cluster.client.of(services).namespace('default').patch('web', 'merge', { spec: { trafficDistribution: null } });
    await cluster.settled();
    assert.deepEqual((await slicesOf(cluster))[0]?.endpoints?.map((endpoint) => endpoint.hints), [undefined, undefined]);
  });
}

test('slices and Endpoints tell when what changed them happened', async () => {
  await using cluster = await start();
  const at = async () => [(await slicesOf(cluster))[0], await endpointsOf(cluster)].map((object) => object?.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time']);
  await cluster.client.of(services).namespace('default').create(service());
  await cluster.settled();
  assert.deepEqual(await at(), ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z']);
  await cluster.clock.advance(7_000);
  await addPod(cluster, 1);
  await cluster.settled();
  assert.deepEqual(await at(), ['2026-01-01T00:00:07Z', '2026-01-01T00:00:07Z']);
  // A change that is no Pod's and not the Service's making has no time.
  await cluster.client.of(services).namespace('default').patch('web', 'merge', { metadata: { labels: { team: 'y' } } });
  await cluster.settled();
  assert.deepEqual(await at(), [undefined, undefined]);
});

test('endpoints follow their node into another zone', async () => {
  await using cluster = await start();
  await cluster.client.of(services).namespace('default').create(service());
  await addPod(cluster, 1);
  await cluster.settled();
  await cluster.client.of(nodes).patch('n1', 'merge', { metadata: { labels: { 'topology.kubernetes.io/zone': 'b' } } });
  await cluster.settled();
  assert.deepEqual((await slicesOf(cluster))[0]?.endpoints?.map(({ zone }) => zone), ['b']);
});
