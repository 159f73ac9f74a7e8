import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start-cluster.ts';
import { persistentVolumeClaims } from '../resources/core/persistent-volume-claim.ts';
import { pods } from '../resources/core/pod.ts';
import { priorityClasses } from '../resources/scheduling/priority-class.ts';
import { storageClasses } from '../resources/storage/storage-class.ts';
import { createNode, createPod, getPod, node, pod } from './testing/objects.ts';

const most = { requests: { cpu: '3' } };
const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const nominated = async (cluster: Cluster, name: string): Promise<string | undefined> => (await getPod(cluster.client, name)).status?.nominatedNodeName;
const nodeOf = async (cluster: Cluster, name: string): Promise<string | undefined> => (await getPod(cluster.client, name)).spec?.nodeName;

/** A node with a Pod on it, and a more important Pod that waits for it to go; it goes slowly. */
async function contested(): Promise<Cluster> {
  const cluster = await startCluster();
  for (const [name, value] of [['middle', 100], ['high', 1000]] as const) await cluster.client.of(priorityClasses).create({ metadata: { name }, value });
  await createNode(cluster.client, node('one'));
  await createPod(cluster.client, pod('low', most));
  await cluster.settled();
  await createPod(cluster.client, pod('first', { ...most, priorityClassName: 'middle' }));
  await cluster.settled();
  assert.equal(await nominated(cluster, 'first'), 'one');
  return cluster;
}

const endOf = (cluster: Cluster, name: string): Promise<unknown> => inDefault(cluster).delete(name, { gracePeriodSeconds: 0 });

test('a Pod that is bound is not nominated any more', async () => {
  await using cluster = await contested();
  await endOf(cluster, 'low');
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'first'), 'one');
  assert.equal(await nominated(cluster, 'first'), undefined);
});

test('a more important Pod takes a nomination over', async () => {
  await using cluster = await contested();
  await createPod(cluster.client, pod('second', { ...most, priorityClassName: 'high' }));
  await cluster.settled();
  assert.equal(await nominated(cluster, 'second'), 'one');
  assert.equal(await nominated(cluster, 'first'), undefined);
  await endOf(cluster, 'low');
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'second'), 'one');
  assert.equal(await nodeOf(cluster, 'first'), undefined);
});

test('where room is made elsewhere, the nomination moves', async () => {
  await using cluster = await contested();
  await createNode(cluster.client, node('two'));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'first'), 'two');
  assert.equal(await nominated(cluster, 'first'), undefined);
});

test('a nomination to a node where the Pod cannot go is taken back', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('one'));
  await createPod(cluster.client, pod('picky', { nodeSelector: { disk: 'ssd' }, schedulingGates: [{ name: 'example.com/wait' }] }));
  await inDefault(cluster).patch('picky', 'merge', { status: { nominatedNodeName: 'one' } }, { subresource: 'status' });
  await cluster.settled();
  assert.equal(await nominated(cluster, 'picky'), 'one');
  await inDefault(cluster).patch('picky', 'json', [{ op: 'replace', path: '/spec/schedulingGates', value: [] }]);
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'picky'), undefined);
  assert.equal(await nominated(cluster, 'picky'), undefined);
});

test('room that a nominated Pod leaves is given to who waits for it', async () => {
  await using cluster = await contested();
  await createPod(cluster.client, pod('equal', { ...most, priorityClassName: 'middle' }));
  await endOf(cluster, 'low');
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'first'), 'one');
  assert.equal(await nodeOf(cluster, 'equal'), undefined);

  await using other = await startCluster();
  await other.client.of(priorityClasses).create({ metadata: { name: 'middle' }, value: 100 });
  await createNode(other.client, node('one'));
  await createPod(other.client, pod('hope', { ...most, priorityClassName: 'middle', schedulingGates: [{ name: 'example.com/wait' }] }));
  await inDefault(other).patch('hope', 'merge', { status: { nominatedNodeName: 'one' } }, { subresource: 'status' });
  await createPod(other.client, pod('next', most));
  await other.settled();
  assert.equal(await nodeOf(other, 'next'), undefined);
  await inDefault(other).patch('hope', 'merge', { status: { nominatedNodeName: null } }, { subresource: 'status' });
  await other.settled();
  await other.clock.advance(1000);
  assert.equal(await nodeOf(other, 'next'), 'one');
});

test('while its volume is made, a Pod shows where it will go', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('one'));
  await cluster.client.of(storageClasses).create({ metadata: { name: 'slow' }, provisioner: 'example.com/slow', volumeBindingMode: 'WaitForFirstConsumer' });
  await cluster.client.of(persistentVolumeClaims).namespace('default').create({ metadata: { name: 'data' }, spec: { storageClassName: 'slow', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } });
  await createPod(cluster.client, pod('db', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'db'), undefined);
  assert.equal(await nominated(cluster, 'db'), 'one');
  // The provisioner never comes: after ten minutes the Pod is tried afresh, and is not nominated in between.
  await cluster.clock.advance(600_000);
  assert.equal(await nominated(cluster, 'db'), undefined);
});
