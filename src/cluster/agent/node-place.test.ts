import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemRandom } from '../../base/random.ts';
import { nodes } from '../../resources/core/node.ts';
import { startCluster, type Cluster } from '../start-cluster.ts';
import { takePlace, type Place } from './node-place.ts';

const join = (cluster: Cluster, nodeName: string, clusterCidr = '10.150.0.0/16'): Promise<Place> => takePlace({ client: cluster.client, nodeName, clusterCidr, random: systemRandom });

it('nodes that join at once get ranges apart from one another and from the server\'s', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const places = await Promise.all(Array.from({ length: 8 }, (_, i) => join(cluster, `n${i}`)));
  assert.equal(new Set(places.map(({ podCidr }) => podCidr)).size, 8);
  assert.ok(!places.some(({ podCidr }) => podCidr === '10.150.0.0/24'));
  const { items } = await cluster.client.of(nodes).list();
  assert.deepEqual(items.map(({ spec }) => spec?.podCIDR).sort(), places.map(({ podCidr }) => podCidr).sort());
});

it('a node keeps its range, and the oldest serves for all', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const first = await join(cluster, 'n1');
  assert.deepEqual(first, { podCidr: '10.150.1.0/24', isFirst: true });
  await cluster.clock.advance(2000);
  assert.deepEqual(await join(cluster, 'n0'), { podCidr: '10.150.2.0/24', isFirst: false });
  assert.deepEqual(await join(cluster, 'n1'), first);
});

it('a cluster whose ranges are used up says so', async () => {
  await using cluster = await startCluster({ controllers: [] });
  await join(cluster, 'n1', '10.150.0.0/23');
  await join(cluster, 'n2', '10.150.0.0/23');
  await assert.rejects(join(cluster, 'n3', '10.150.0.0/23'), { message: 'the Pod range 10.150.0.0/23 is used up' });
});
