import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../../cluster/start-cluster.ts';
import { podCondition } from '../../../resources/core/pod-conditions.ts';
import { persistentVolumeClaims } from '../../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../../resources/core/persistent-volume.ts';
import { storageClasses } from '../../../resources/storage/storage-class.ts';
import { createNode, createPod, getPod, node, pod } from '../../testing/objects.ts';

const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
const claims = (cluster: Cluster) => cluster.client.of(persistentVolumeClaims).namespace('default');

async function createClaim(cluster: Cluster, storageClassName: string): Promise<void> {
  await claims(cluster).create({ metadata: { name: 'data' }, spec: { storageClassName, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } });
}

async function createVolume(cluster: Cluster, name: string, at: string, storageClassName: string): Promise<void> {
  const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [at] }] }] };
  await cluster.client.of(persistentVolumes).create({ metadata: { name }, spec: { storageClassName, accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' }, local: { path: '/data' }, nodeAffinity: { required } } });
  await cluster.client.of(persistentVolumes).patch(name, 'merge', { status: { phase: 'Available' } }, { subresource: 'status' });
}

/** What the volume controller does. */
async function bind(cluster: Cluster, volumeName: string): Promise<void> {
  await claims(cluster).patch('data', 'merge', { metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, spec: { volumeName } });
}

test('a Pod waits for its claim to be bound, then goes where the volume is', async () => {
  await using cluster = await startCluster();
  for (const name of ['a', 'b']) await createNode(cluster.client, node(name));
  await createClaim(cluster, '');
  await createPod(cluster.client, pod('db', { volumes }));
  await cluster.settled();
  assert.match(podCondition(await getPod(cluster.client, 'db'), 'PodScheduled')?.message ?? '', /^0\/2 nodes are available: pod has unbound immediate PersistentVolumeClaims\. preemption: /);
  await createVolume(cluster, 'local', 'b', '');
  await bind(cluster, 'local');
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'db')).spec?.nodeName, 'b');
});

test('a claim that waits for its Pod is given a volume of the chosen node', async () => {
  await using cluster = await startCluster();
  for (const name of ['a', 'b']) await createNode(cluster.client, node(name));
  await cluster.client.of(storageClasses).create({ metadata: { name: 'local' }, provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' });
  await createVolume(cluster, 'local', 'b', 'local');
  await createClaim(cluster, 'local');
  await createPod(cluster.client, pod('db', { volumes }));
  await cluster.settled();
  const volume = await cluster.client.of(persistentVolumes).get('local');
  assert.equal(volume.spec?.claimRef?.name, 'data');
  assert.equal((await claims(cluster).get('data')).status?.phase, 'Bound');
  assert.equal((await getPod(cluster.client, 'db')).spec?.nodeName, 'b');
});

test('a claim that waits for its Pod tells the provisioner the node', async () => {
  await using cluster = await startCluster();
  await createNode(cluster.client, node('a'));
  await cluster.client.of(storageClasses).create({ metadata: { name: 'fast' }, provisioner: 'example.com/disk', volumeBindingMode: 'WaitForFirstConsumer' });
  await createClaim(cluster, 'fast');
  await createPod(cluster.client, pod('db', { volumes }));
  await cluster.settled();
  assert.equal((await claims(cluster).get('data')).metadata.annotations?.['volume.kubernetes.io/selected-node'], 'a');
  await createVolume(cluster, 'made', 'a', 'fast');
  await bind(cluster, 'made');
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'db')).spec?.nodeName, 'a');
});
