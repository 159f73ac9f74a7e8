/** What a node's process does for the cluster, it does as whom it must be and no more: a refused request would show. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { silentLogger } from '../base/log.ts';
import { isForbidden } from '../apimachinery/status-error.ts';
import { kubeDnsKeeper } from '../network/dns/kube-dns.ts';
import { nodes } from '../resources/core/node.ts';
import { pods } from '../resources/core/pod.ts';
import { services } from '../resources/core/service.ts';
import { endpointSlices } from '../resources/discovery/endpoint-slice.ts';
import { controllerIdentity } from './component-identities.ts';
import { keepNodeRoles } from './node-roles.ts';
import { startCluster, type Cluster } from './start-cluster.ts';
import { ComponentLogs } from './system-pods/component-logs.ts';
import { keepSystemPods } from './system-pods/system-pods.ts';

const nodeName = 'worker';
const address = '192.0.2.7';

/** A cluster with one Node that nobody runs. */
async function clusterWithNode(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [], scheduler: false });
  await cluster.client.of(nodes).create({ metadata: { name: nodeName } });
  await cluster.settled();
  return cluster;
}

test('the Pods that stand for parts of the process are the node’s', async () => {
  await using cluster = await clusterWithNode();
  const folder = await mkdtemp(path.join(tmpdir(), 'k8ts-logs-'));
  const client = cluster.clientFor({ name: `system:node:${nodeName}`, groups: ['system:nodes'] });
  const logs = new ComponentLogs({ clock: cluster.clock, ownerFile: '.own', root: folder });
  const keeper = keepSystemPods({ client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger, nodeName, addresses: [address], version: 'test', logs });
  const system = cluster.client.of(pods).namespace('kube-system');
  const running = async (): Promise<string[]> => (await system.list({ fieldSelector: 'status.phase=Running' })).items.map(({ metadata }) => metadata.uid ?? '');
  try {
    await cluster.controlPlane.informers.start();
    await cluster.settled();
    const before = await running();
    assert.equal(before.length, 5);
    await system.delete(`kube-scheduler-${nodeName}`);
    await cluster.settled();
    const after = await running();
    assert.equal(after.length, 5);
    assert.equal(after.filter((uid) => before.includes(uid)).length, 4);
  } finally {
    await keeper.close();
    await rm(folder, { recursive: true });
  }
});

test('the node’s role is given by the controller of nodes, which the node may not do itself', async () => {
  await using cluster = await clusterWithNode();
  const label = 'node-role.kubernetes.io/control-plane';
  const labels = async (): Promise<Readonly<Record<string, string>>> => (await cluster.client.of(nodes).get(nodeName)).metadata.labels ?? {};
  const itself = cluster.clientFor({ name: `system:node:${nodeName}`, groups: ['system:nodes'] });
  await assert.rejects(itself.of(nodes).patch(nodeName, 'merge', { metadata: { labels: { [label]: '' } } }), isForbidden);
  const { informers } = cluster.controlPlane;
  const keeper = keepNodeRoles({ client: cluster.clientFor(controllerIdentity('node-lifecycle-controller')), informers, logger: silentLogger, nodeName, roles: ['control-plane'] });
  await informers.start();
  await cluster.settled();
  assert.equal((await labels())[label], '');
  await keeper.close();
});

test('kube-dns is kept by a controller that may do nothing else', async () => {
  await using cluster = await startCluster({ controllers: [], scheduler: false });
  const client = cluster.clientFor(controllerIdentity('kube-dns'));
  let port = 5353;
  const keeper = kubeDnsKeeper({ client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger }, '10.96.0.10', () => ({ address, port, metricsPort: undefined }));
  const system = cluster.client.of(services).namespace('kube-system');
  const slices = cluster.client.of(endpointSlices).namespace('kube-system');
  const ports = async (): Promise<(number | undefined)[]> => (await slices.list()).items.map((slice) => slice.ports?.[0]?.port);
  await keeper.synced();
  keeper.start();
  await cluster.settled();
  assert.equal((await system.get('kube-dns')).spec?.clusterIP, '10.96.0.10');
  assert.deepEqual(await ports(), [5353]);
  port = 5354;
  await system.patch('kube-dns', 'merge', { metadata: { annotations: { look: 'again' } } });
  await cluster.settled();
  assert.deepEqual(await ports(), [5354]);
  await system.patch('kube-dns', 'merge', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'me' } } });
  await cluster.settled();
  assert.deepEqual(await ports(), []);
  await assert.rejects(client.of(services).namespace('kube-system').delete('kube-dns'), isForbidden);
  await keeper.close();
});
