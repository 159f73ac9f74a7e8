import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { events } from '../../resources/core/event.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { storageClasses } from '../../resources/storage/storage-class.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { claimProtectionController } from '../volume-protection/claim-protection.ts';
import { volumeProtectionController } from '../volume-protection/volume-protection.ts';
import { persistentVolumeBinder } from './persistent-volume-binder.ts';

const start = (): Promise<Cluster> => startCluster({ controllers: [persistentVolumeBinder, claimProtectionController, volumeProtectionController], scheduler: false });
const claims = (cluster: Cluster) => cluster.client.of(persistentVolumeClaims).namespace('default');
const volumes = (cluster: Cluster) => cluster.client.of(persistentVolumes);

interface Wish {
  readonly size?: string;
  readonly modes?: readonly string[];
  readonly storageClassName?: string;
}

const volume = (name: string, { size = '1Gi', modes = ['ReadWriteOnce'], storageClassName = '' }: Wish = {}, more: Partial<corev1.PersistentVolumeSpec> = {}, labels: Record<string, string> = {}): corev1.PersistentVolume => ({
  metadata: { name, labels },
  spec: { capacity: { storage: size }, accessModes: modes, storageClassName, hostPath: { path: `/data/${name}` }, ...more },
});
const claim = (name: string, { size = '1Gi', modes = ['ReadWriteOnce'], storageClassName = '' }: Wish = {}, more: Partial<corev1.PersistentVolumeClaimSpec> = {}): corev1.PersistentVolumeClaim => ({
  metadata: { name },
  spec: { resources: { requests: { storage: size } }, accessModes: modes, storageClassName, ...more },
});
const told = async (cluster: Cluster, name: string): Promise<string[]> =>
  (await cluster.client.of(events).namespace('default').list()).items.filter(({ involvedObject }) => involvedObject.name === name).map(({ reason, message }) => `${reason}: ${message}`);

test('a claim is bound to the smallest volume that serves it, and shows its size', async () => {
  await using cluster = await start();
  for (const one of [volume('big', { size: '3Gi' }), volume('small', { size: '100Mi' }), volume('right', { size: '2Gi' })]) await volumes(cluster).create(one);
  await cluster.settled();
  assert.equal((await volumes(cluster).get('right')).status?.phase, 'Available');
  await claims(cluster).create(claim('data', { size: '1Gi' }));
  await cluster.settled();
  const bound = await claims(cluster).get('data');
  assert.deepEqual([bound.spec?.volumeName, bound.status], ['right', { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } }]);
  assert.deepEqual(bound.metadata.annotations, { 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' });
  const right = await volumes(cluster).get('right');
  assert.deepEqual([right.status?.phase, right.spec?.claimRef?.name, right.spec?.claimRef?.uid], ['Bound', 'data', bound.metadata.uid]);
  assert.equal(right.metadata.annotations?.['pv.kubernetes.io/bound-by-controller'], 'yes');
});

const cases: readonly [string, corev1.PersistentVolume, corev1.PersistentVolumeClaim, boolean][] = [
  ['class', volume('v', { storageClassName: 'fast' }), claim('c'), false],
  ['same class', volume('v', { storageClassName: 'fast' }), claim('c', { storageClassName: 'fast' }), true],
  ['modes', volume('v'), claim('c', { modes: ['ReadWriteMany'] }), false],
  ['more modes than asked', volume('v', { modes: ['ReadWriteOnce', 'ReadWriteMany'] }), claim('c', { modes: ['ReadWriteMany'] }), true],
  ['size', volume('v', { size: '50Mi' }), claim('c', { size: '100Mi' }), false],
  ['labels', volume('v', {}, {}, { disk: 'hdd' }), claim('c', {}, { selector: { matchLabels: { disk: 'ssd' } } }), false],
  ['same labels', volume('v', {}, {}, { disk: 'ssd' }), claim('c', {}, { selector: { matchLabels: { disk: 'ssd' } } }), true],
  ['volume mode', volume('v', {}, { volumeMode: 'Block' }), claim('c'), false],
  ['reserved for another', volume('v', {}, { claimRef: { namespace: 'default', name: 'other' } }), claim('c'), false],
  ['reserved for it', volume('v', {}, { claimRef: { namespace: 'default', name: 'c' } }), claim('c'), true],
  ['named by the claim', volume('v'), claim('c', {}, { volumeName: 'v' }), true],
  ['another named by the claim', volume('v'), claim('c', {}, { volumeName: 'w' }), false],
  ['named but too small', volume('v', { size: '1Mi' }), claim('c', {}, { volumeName: 'v' }), false],
];
for (const [what, one, wish, binds] of cases) {
  test(`binding by ${what}: ${binds ? 'yes' : 'no'}`, async () => {
    await using cluster = await start();
    await claims(cluster).create(wish);
    await volumes(cluster).create(one);
    await cluster.settled();
    assert.equal((await claims(cluster).get('c')).status?.phase, binds ? 'Bound' : 'Pending');
    assert.equal((await volumes(cluster).get('v')).status?.phase, binds ? 'Bound' : 'Available');
  });
}

test('many claims at once never share a volume', async () => {
  await using cluster = await start();
  const numbers = Array.from({ length: 12 }, (_, i) => i);
  await Promise.all(numbers.map((i) => volumes(cluster).create(volume(`v${i}`))));
  await Promise.all(numbers.map((i) => claims(cluster).create(claim(`c${i}`))));
  await cluster.settled();
  const all = (await claims(cluster).list()).items;
  assert.equal(new Set(all.map(({ spec }) => spec?.volumeName)).size, 12);
  assert.ok(all.every(({ status }) => status?.phase === 'Bound'));
});

test('what a claim waits for is told', async () => {
  await using cluster = await start();
  const classOf = (name: string, provisioner: string, volumeBindingMode: string) => cluster.client.of(storageClasses).create({ metadata: { name }, provisioner, volumeBindingMode });
  await classOf('later', 'example.com/disk', 'WaitForFirstConsumer');
  await classOf('now', 'example.com/disk', 'Immediate');
  await classOf('local', 'kubernetes.io/no-provisioner', 'Immediate');
  for (const one of [claim('none'), claim('absent', { storageClassName: 'absent' }), claim('later', { storageClassName: 'later' }), claim('now', { storageClassName: 'now' }), claim('local', { storageClassName: 'local' })]) await claims(cluster).create(one);
  await cluster.settled();
  assert.deepEqual(await told(cluster, 'none'), ['FailedBinding: no persistent volumes available for this claim and no storage class is set']);
  assert.deepEqual(await told(cluster, 'absent'), ['ProvisioningFailed: storageclass.storage.k8s.io "absent" not found']);
  assert.deepEqual(await told(cluster, 'later'), ['WaitForFirstConsumer: waiting for first consumer to be created before binding']);
  assert.match((await told(cluster, 'now')).join(), /^ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com\/disk' or manually/);
  assert.deepEqual(await told(cluster, 'local'), ['ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner']);
  assert.equal((await claims(cluster).get('now')).metadata.annotations?.['volume.kubernetes.io/storage-provisioner'], 'example.com/disk');
});

test('a claim made before there was a default class gets it', async () => {
  await using cluster = await start();
  const { storageClassName: _none, ...spec } = claim('c').spec ?? {};
  await claims(cluster).create({ metadata: { name: 'c' }, spec });
  await cluster.settled();
  await cluster.client.of(storageClasses).create({ metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'example.com/disk' });
  await cluster.settled();
  assert.equal((await claims(cluster).get('c')).spec?.storageClassName, 'fast');
});

test('a claim deleted leaves its volume Released, and nobody gets it until it is freed', async () => {
  await using cluster = await start();
  await volumes(cluster).create(volume('v'));
  await claims(cluster).create(claim('c'));
  await cluster.settled();
  await claims(cluster).delete('c');
  await cluster.settled();
  await claims(cluster).create(claim('c'));
  await cluster.settled();
  assert.equal((await volumes(cluster).get('v')).status?.phase, 'Released');
  assert.equal((await claims(cluster).get('c')).status?.phase, 'Pending');
  await volumes(cluster).patch('v', 'merge', { spec: { claimRef: null } });
  await cluster.settled();
  assert.equal((await claims(cluster).get('c')).status?.phase, 'Bound');
});

test('a claim with more than it asked for can be changed and deleted', async () => {
  await using cluster = await start();
  await volumes(cluster).create(volume('v', { size: '50Mi' }));
  await claims(cluster).create(claim('c', { size: '40Mi' }));
  await cluster.settled();
  await claims(cluster).patch('c', 'merge', { metadata: { labels: { app: 'db' } } });
  await assert.rejects(claims(cluster).patch('c', 'merge', { spec: { resources: { requests: { storage: '30Mi' } } } }), /field can not be less than status.capacity/);
  await volumes(cluster).delete('v');
  await claims(cluster).delete('c');
  await cluster.settled();
  assert.deepEqual([...(await claims(cluster).list()).items, ...(await volumes(cluster).list()).items], []);
});

test('a volume that nobody can delete fails with the reason', async () => {
  await using cluster = await start();
  await volumes(cluster).create(volume('v', {}, { persistentVolumeReclaimPolicy: 'Delete' }));
  await claims(cluster).create(claim('c'));
  await cluster.settled();
  await claims(cluster).delete('c');
  await cluster.settled();
  const { status } = await volumes(cluster).get('v');
  assert.equal(status?.phase, 'Failed');
  assert.match(status.message ?? '', /no deletable volume plugin matched/);
  assert.match((await told(cluster, 'v')).join(), /^VolumeFailedDelete/);
});

test('a claim whose volume is gone is Lost', async () => {
  await using cluster = await start();
  await volumes(cluster).create(volume('v'));
  await claims(cluster).create(claim('c'));
  await cluster.settled();
  await volumes(cluster).delete('v');
  await cluster.settled();
  assert.equal((await claims(cluster).get('c')).status?.phase, 'Bound');
  await volumes(cluster).patch('v', 'merge', { metadata: { finalizers: null } });
  await cluster.settled();
  assert.equal((await claims(cluster).get('c')).status?.phase, 'Lost');
  assert.ok((await told(cluster, 'c')).includes('ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!'));
});
