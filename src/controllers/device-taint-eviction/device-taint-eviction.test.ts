import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { podAsUser } from '../../resources/core/pod-resource-claims.ts';
import { pods } from '../../resources/core/pod.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import { resourceSlices } from '../../resources/resource/resource-slice.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { podSpec, prepareNamespace } from '../runtime/testing.ts';
import { deviceTaintEvictionController } from './device-taint-eviction.ts';

const driver = 'gpu.example.com';
const result = { request: 'gpu', driver, pool: 'one', device: 'gpu-0' };

/** A Pod on a node with a device. */
async function start(tolerations: readonly resourcev1.DeviceToleration[] = []): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [deviceTaintEvictionController], scheduler: false });
  const { client } = cluster;
  await prepareNamespace(client);
  await client.of(resourceSlices).create({ metadata: { name: 'one' }, spec: { driver, nodeName: 'one', pool: { name: 'one', generation: 1, resourceSliceCount: 1 }, devices: [{ name: 'gpu-0' }, { name: 'gpu-1' }] } });
  const pod = await client.of(pods).namespace('default').create({ metadata: { name: 'train' }, spec: { ...podSpec, nodeName: 'one', terminationGracePeriodSeconds: 0, resourceClaims: [{ name: 'gpu', resourceClaimName: 'mine' }] } });
  const claims = client.of(resourceClaims).namespace('default');
  await claims.create({ metadata: { name: 'mine' }, spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } } });
  await claims.patch('mine', 'merge', { status: { allocation: { devices: { results: [{ ...result, tolerations }] } }, reservedFor: [podAsUser(pod)] } }, { subresource: 'status' });
  await cluster.settled();
  return cluster;
}

const taint = (cluster: Cluster, device: string, effect: string) => {
  const devices = ['gpu-0', 'gpu-1'].map((name) => ({ name, ...(name === device ? { taints: [{ key: 'broken', effect, timeAdded: '2026-01-01T00:00:00Z' }] } : {}) }));
  return cluster.client.of(resourceSlices).patch('one', 'merge', { spec: { devices } });
};
const isThere = async (cluster: Cluster): Promise<boolean> => {
  await cluster.settled();
  try {
    return (await cluster.client.of(pods).namespace('default').get('train')).metadata.deletionTimestamp === undefined;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
};

test('a Pod goes when its device may not be used any more, and for nothing less', async () => {
  await using cluster = await start();
  for (const [device, effect] of [['gpu-1', 'NoExecute'], ['gpu-0', 'NoSchedule']] as const) {
    await taint(cluster, device, effect);
    assert.ok(await isThere(cluster), `${effect} of ${device}`);
  }
  await taint(cluster, 'gpu-0', 'NoExecute');
  assert.equal(await isThere(cluster), false);
});

test('a taint may be tolerated for a while', async () => {
  await using cluster = await start([{ key: 'broken', operator: 'Exists', tolerationSeconds: 60 }]);
  await taint(cluster, 'gpu-0', 'NoExecute');
  await cluster.clock.advance(50_000);
  assert.ok(await isThere(cluster));
  await cluster.clock.advance(15_000);
  assert.equal(await isThere(cluster), false);
});

test('or for good', async () => {
  await using cluster = await start([{ operator: 'Exists' }]);
  await taint(cluster, 'gpu-0', 'NoExecute');
  await cluster.clock.advance(600_000);
  assert.ok(await isThere(cluster));
});
