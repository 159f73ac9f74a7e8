import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { limitRanges } from '../../resources/core/limit-range.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { pods } from '../../resources/core/pod.ts';
import { serviceAccounts } from '../../resources/core/service-account.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

async function start(limit: corev1.LimitRangeItem): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [], scheduler: false });
  await cluster.client.of(serviceAccounts).namespace('default').create({ metadata: { name: 'default' } });
  await cluster.client.of(limitRanges).namespace('default').create({ metadata: { name: 'limits' }, spec: { limits: [limit] } });
  return cluster;
}

const create = (cluster: Cluster, resources: corev1.ResourceRequirements): Promise<corev1.Pod> =>
  cluster.client.of(pods).namespace('default').create({ metadata: { name: 'p' }, spec: { containers: [{ name: 'main', image: 'i', resources }] } });

test('gives defaults to those who say nothing', async () => {
  await using cluster = await start({ type: 'Container', default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '100m' } });
  const pod = await create(cluster, { limits: { memory: '2Gi' } });
  assert.deepEqual(pod.spec?.containers[0]?.resources, { limits: { memory: '2Gi', cpu: '500m' }, requests: { memory: '2Gi', cpu: '100m' } });
  assert.equal(pod.metadata.annotations?.['kubernetes.io/limit-ranger'], 'LimitRanger plugin set: cpu request for container main; cpu limit for container main');
  assert.equal(pod.status?.qosClass, 'Burstable');
});

const cases: readonly [string, corev1.LimitRangeItem, corev1.ResourceRequirements, string | undefined][] = [
  ['within', { type: 'Container', min: { cpu: '100m' }, max: { cpu: '1' } }, { requests: { cpu: '200m' }, limits: { cpu: '500m' } }, undefined],
  ['request below min', { type: 'Container', min: { cpu: '100m' } }, { requests: { cpu: '50m' } }, 'minimum cpu usage per Container is 100m, but request is 50m'],
  ['limit above max', { type: 'Container', max: { memory: '1Gi' } }, { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } }, 'maximum memory usage per Container is 1Gi, but limit is 2Gi'],
  ['Pod without a limit', { type: 'Pod', max: { cpu: '1' } }, {}, 'maximum cpu usage per Pod is 1.  No limit is specified'],
  ['Pod without a request', { type: 'Pod', min: { cpu: '1' } }, {}, 'minimum cpu usage per Pod is 1.  No request is specified'],
  ['ratio', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, { requests: { cpu: '100m' }, limits: { cpu: '300m' } }, 'cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000'],
  ['ratio of nothing', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, {}, 'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0'],
  ['several', { type: 'Pod', min: { cpu: '1', memory: '1Gi' } }, {}, '[minimum cpu usage per Pod is 1.  No request is specified, minimum memory usage per Pod is 1Gi.  No request is specified]'],
];
for (const [name, item, resources, message] of cases) {
  test(`a Pod: ${name}`, async () => {
    await using cluster = await start(item);
    if (message === undefined) await create(cluster, resources);
    else await assert.rejects(create(cluster, resources), { message: `pods "p" is forbidden: ${message}` });
  });
}

test('a Pod that is none is refused as such before its sizes are looked at', async () => {
  await using cluster = await start({ type: 'Container', min: { cpu: '100m' } });
  await assert.rejects(create(cluster, { requests: { cpu: '2' }, limits: { cpu: '50m' } }), { code: 422, message: /must be less than or equal to cpu limit/ });
});

for (const [storage, message] of [['1Gi', undefined], ['512Mi', 'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi'], ['3Gi', 'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi']] as const) {
  test(`a claim of ${storage}: ${message ?? 'fine'}`, async () => {
    await using cluster = await start({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } });
    const made = cluster.client.of(persistentVolumeClaims).namespace('default').create({ metadata: { name: 'c' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } });
    if (message === undefined) await made;
    else await assert.rejects(made, { message: `persistentvolumeclaims "c" is forbidden: ${message}` });
  });
}
