import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { events } from '../../resources/core/event.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import { storageClasses } from '../../resources/storage/storage-class.ts';
import { builtinControllers } from '../builtin.ts';
import { addNode, podSpec } from '../runtime/testing.ts';
import { defaultClass, type DefaultClassOptions } from './default-class.ts';
import type { LocalDisk } from './local-disk.ts';
import { hostPathProvisioner, localPath, localPathProvisioner } from './local-path-provisioner.ts';

class MemoryDisk implements LocalDisk {
  readonly folders = new Set<string>();
  failing = false;
  pathOf = (name: string): string => `/disk/${name}`;
  create(name: string): Promise<void> {
    if (this.failing) return Promise.reject(new Error('no space left on device'));
    this.folders.add(name);
    return Promise.resolve();
  }
  remove(name: string): Promise<void> {
    this.folders.delete(name);
    return Promise.resolve();
  }
}

const later: DefaultClassOptions = { name: 'local-path', provisioner: localPath, volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true };
const now: DefaultClassOptions = { name: 'hostpath', provisioner: hostPathProvisioner, volumeBindingMode: 'Immediate' };

async function start(disk: MemoryDisk, options: DefaultClassOptions): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [...builtinControllers, localPathProvisioner({ nodeName: 'a', disk, defaultClass: defaultClass(options) })] });
  for (const name of ['a', 'b']) {
    await addNode(cluster.client, cluster.clock, name);
    await cluster.client.of(nodes).patch(name, 'merge', { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } } }, { subresource: 'status' });
  }
  await cluster.settled();
  return cluster;
}

const claims = (cluster: Cluster) => cluster.client.of(persistentVolumeClaims).namespace('default');
const volumes = (cluster: Cluster) => cluster.client.of(persistentVolumes);
const createClaim = (cluster: Cluster, more: object = {}) => claims(cluster).create({ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '100Mi' } }, ...more } });
const reasons = async (cluster: Cluster): Promise<string[]> => (await cluster.client.of(events).namespace('default').list()).items.filter(({ involvedObject }) => involvedObject.name === 'data').map(({ reason = '' }) => reason).sort();

test('a claim of an immediate class gets a folder and a volume at once, both gone with it', async () => {
  const disk = new MemoryDisk();
  await using cluster = await start(disk, now);
  const { metadata } = await createClaim(cluster);
  await cluster.settled();
  const name = `pvc-${metadata.uid ?? ''}`;
  const claim = await claims(cluster).get('data');
  assert.deepEqual([claim.status?.phase, claim.spec?.volumeName, claim.spec?.storageClassName, claim.status?.capacity], ['Bound', name, 'hostpath', { storage: '100Mi' }]);
  const volume = await volumes(cluster).get(name);
  assert.deepEqual([volume.status?.phase, volume.spec?.persistentVolumeReclaimPolicy, volume.spec?.local?.path], ['Bound', 'Delete', `/disk/${name}`]);
  assert.deepEqual([...disk.folders], [name]);
  assert.deepEqual(await reasons(cluster), ['ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded']);
  await claims(cluster).delete('data');
  await cluster.settled();
  assert.deepEqual([...disk.folders, ...(await volumes(cluster).list()).items], []);
});

test('a claim of a waiting class is provisioned on the node of its first Pod, which then goes there', async () => {
  const disk = new MemoryDisk();
  await using cluster = await start(disk, later);
  await createClaim(cluster);
  await cluster.settled();
  assert.deepEqual([disk.folders.size, await reasons(cluster)], [0, ['WaitForFirstConsumer']]);
  const pod = { metadata: { name: 'db' }, spec: { ...podSpec, nodeSelector: { 'kubernetes.io/hostname': 'a' }, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } };
  await cluster.client.of(pods).namespace('default').create(pod);
  await cluster.settled();
  assert.equal((await cluster.client.of(pods).namespace('default').get('db')).spec?.nodeName, 'a');
  assert.equal((await claims(cluster).get('data')).status?.phase, 'Bound');
  assert.equal(disk.folders.size, 1);
});

test('a volume that is to be retained stays, folder and all', async () => {
  const disk = new MemoryDisk();
  await using cluster = await start(disk, now);
  await cluster.client.of(storageClasses).create({ metadata: { name: 'keep' }, provisioner: hostPathProvisioner, reclaimPolicy: 'Retain' });
  await createClaim(cluster, { storageClassName: 'keep' });
  await cluster.settled();
  await claims(cluster).delete('data');
  await cluster.settled();
  assert.deepEqual((await volumes(cluster).list()).items.map(({ status }) => status?.phase), ['Released']);
  assert.equal(disk.folders.size, 1);
});

test('a volume that is deleted while its claim uses it goes with the claim, folder and all', async () => {
  const disk = new MemoryDisk();
  await using cluster = await start(disk, now);
  await createClaim(cluster);
  await cluster.settled();
  const name = (await claims(cluster).get('data')).spec?.volumeName ?? '';
  await volumes(cluster).delete(name);
  await cluster.settled();
  assert.deepEqual([disk.folders.size, (await volumes(cluster).get(name)).status?.phase], [1, 'Bound']);
  await claims(cluster).delete('data');
  await cluster.settled();
  assert.deepEqual([...disk.folders, ...(await volumes(cluster).list()).items], []);
});

test('what cannot be made is told, and tried again', async () => {
  const disk = new MemoryDisk();
  disk.failing = true;
  await using cluster = await start(disk, now);
  await createClaim(cluster);
  await cluster.settled();
  assert.ok((await reasons(cluster)).includes('ProvisioningFailed'));
  disk.failing = false;
  await cluster.clock.advance(60_000);
  assert.equal((await claims(cluster).get('data')).status?.phase, 'Bound');
});

test('a claim grows where its class allows it', async () => {
  const disk = new MemoryDisk();
  await using cluster = await start(disk, { ...now, allowVolumeExpansion: true });
  await createClaim(cluster);
  await cluster.settled();
  await claims(cluster).patch('data', 'merge', { spec: { resources: { requests: { storage: '1Gi' } } } });
  await cluster.settled();
  const claim = await claims(cluster).get('data');
  assert.equal(claim.status?.capacity?.['storage'], '1Gi');
  assert.equal((await volumes(cluster).get(claim.spec?.volumeName ?? '')).spec?.capacity?.['storage'], '1Gi');
});

test('a claim of a class that does not allow it cannot grow', async () => {
  await using cluster = await start(new MemoryDisk(), now);
  await createClaim(cluster);
  const grow = () => claims(cluster).patch('data', 'merge', { spec: { resources: { requests: { storage: '1Gi' } } } });
  await cluster.settled();
  await assert.rejects(grow(), /only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize/);
});

test("a user's class of the same name stays; ours comes when it goes", async () => {
  const disk = new MemoryDisk();
  await using cluster = await startCluster({ controllers: [(context) => {
    const make = localPathProvisioner({ nodeName: 'a', disk, defaultClass: defaultClass(now) })(context);
    return { ...make, idle: true, start: () => void context.client.of(storageClasses).create({ metadata: { name: 'hostpath' }, provisioner: 'example.com/own' }).then(() => make.start()) };
  }] });
  await cluster.settled();
  const provisioner = async (): Promise<string> => (await cluster.client.of(storageClasses).get('hostpath')).provisioner;
  assert.equal(await provisioner(), 'example.com/own');
  await cluster.client.of(storageClasses).delete('hostpath');
  await cluster.settled();
  assert.equal(await provisioner(), hostPathProvisioner);
});
