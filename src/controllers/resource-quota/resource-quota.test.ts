import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { pods } from '../../resources/core/pod.ts';
import { resourceQuotas } from '../../resources/core/resource-quota.ts';
import { services } from '../../resources/core/service.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { prepareNamespace, setPodStatus, templateFor } from '../runtime/testing.ts';
import { resourceQuotaController } from './resource-quota.ts';

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [resourceQuotaController], scheduler: false });
  await prepareNamespace(cluster.client);
  return cluster;
}

const quotas = (cluster: Cluster) => cluster.client.of(resourceQuotas).namespace('default');
const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const limit = (cluster: Cluster, hard: Record<string, string>, spec: corev1.ResourceQuotaSpec = {}) => quotas(cluster).create({ metadata: { name: 'q' }, spec: { hard, ...spec } });
const used = async (cluster: Cluster) => {
  await cluster.settled();
  return (await quotas(cluster).get('q')).status?.used;
};
const podOf = (name: string, resources: corev1.ResourceRequirements = {}, spec: Partial<corev1.PodSpec> = {}): corev1.Pod => ({ metadata: { name }, spec: { containers: [{ name: 'main', image: 'i', resources }], ...spec } });

test('Pods are counted and refused beyond the limit; finished ones are not counted', async () => {
  await using cluster = await start();
  await limit(cluster, { pods: '2', 'count/pods': '9' });
  assert.deepEqual(await used(cluster), { pods: '0', 'count/pods': '0' });
  await inDefault(cluster).create(podOf('a'));
  const b = await inDefault(cluster).create(podOf('b'));
  assert.deepEqual(await used(cluster), { pods: '2', 'count/pods': '2' });
  await assert.rejects(inDefault(cluster).create(podOf('c')), { message: 'pods "c" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2' });
  await setPodStatus(cluster.client, b, { phase: 'Succeeded' });
  assert.deepEqual(await used(cluster), { pods: '1', 'count/pods': '2' });
  await inDefault(cluster).create(podOf('c'));
  assert.deepEqual(await used(cluster), { pods: '2', 'count/pods': '3' });
});

test('of many at once no more than the limit get through, and what fails gives its share back', async () => {
  await using cluster = await start();
  await limit(cluster, { pods: '5' });
  await assert.rejects(inDefault(cluster).create(podOf('Not_A_Name')), /Invalid value/);
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => inDefault(cluster).create(podOf(`p${i}`))));
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 5);
  assert.deepEqual(await used(cluster), { pods: '5' });
});

test('amounts are summed, and must be said where they are limited', async () => {
  await using cluster = await start();
  await limit(cluster, { 'requests.cpu': '1', 'limits.memory': '1Gi', cpu: '2' });
  await assert.rejects(inDefault(cluster).create(podOf('silent')), { message: 'pods "silent" is forbidden: failed quota: q: must specify cpu for: main; limits.memory for: main; requests.cpu for: main' });
  await inDefault(cluster).create(podOf('a', { requests: { cpu: '600m' }, limits: { memory: '512Mi' } }));
  assert.deepEqual(await used(cluster), { 'requests.cpu': '600m', 'limits.memory': '512Mi', cpu: '600m' });
  await assert.rejects(inDefault(cluster).create(podOf('b', { requests: { cpu: '500m' }, limits: { memory: '1Gi' } })), {
    message: 'pods "b" is forbidden: exceeded quota: q, requested: limits.memory=1Gi,requests.cpu=500m, used: limits.memory=512Mi,requests.cpu=600m, limited: limits.memory=1Gi,requests.cpu=1',
  });
});

const scopes: readonly [string, corev1.ResourceQuotaSpec, Partial<corev1.PodSpec>, corev1.ResourceRequirements, boolean][] = [
  ['Terminating', { scopes: ['Terminating'] }, { activeDeadlineSeconds: 5 }, {}, true],
  ['Terminating, without a deadline', { scopes: ['Terminating'] }, {}, {}, false],
  ['NotTerminating', { scopes: ['NotTerminating'] }, {}, {}, true],
  ['BestEffort', { scopes: ['BestEffort'] }, {}, {}, true],
  ['BestEffort, with a request', { scopes: ['BestEffort'] }, {}, { requests: { cpu: '1' } }, false],
  ['NotBestEffort', { scopes: ['NotBestEffort'] }, {}, { requests: { cpu: '1' } }, true],
  ['PriorityClass In', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }] } }, { priorityClassName: 'system-node-critical' }, {}, true],
  ['PriorityClass In, without one', { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['system-node-critical'] }] } }, {}, {}, false],
];
for (const [name, spec, podSpec, resources, counts] of scopes) {
  test(`scope ${name}: ${counts ? 'counted' : 'not counted'}`, async () => {
    await using cluster = await start();
    await limit(cluster, { pods: '0' }, spec);
    const made = inDefault(cluster).create(podOf('a', resources, podSpec));
    if (counts) await assert.rejects(made, /exceeded quota: q/);
    else await made;
  });
}

test('other objects are counted by name, kind and storage class', async () => {
  await using cluster = await start();
  await limit(cluster, { configmaps: '1', 'count/deployments.apps': '1', 'services.nodeports': '1', 'requests.storage': '2Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi', persistentvolumeclaims: '5' });
  await cluster.client.of(configMaps).namespace('default').create({ metadata: { name: 'one' } });
  await assert.rejects(cluster.client.of(configMaps).namespace('default').create({ metadata: { name: 'two' } }), { message: 'configmaps "two" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1' });
  const labels = { app: 'a' };
  await cluster.client.of(deployments).namespace('default').create({ metadata: { name: 'd' }, spec: { selector: { matchLabels: labels }, template: templateFor(labels) } });
  const service = (name: string): corev1.Service => ({ metadata: { name }, spec: { type: 'NodePort', ports: [{ port: 80 }] } });
  await cluster.client.of(services).namespace('default').create(service('s1'));
  await assert.rejects(cluster.client.of(services).namespace('default').create(service('s2')), /exceeded quota: q, requested: services.nodeports=1, used: services.nodeports=1, limited: services.nodeports=1/);
  const claim = (name: string, storage: string, storageClassName: string): corev1.PersistentVolumeClaim => ({ metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], storageClassName, resources: { requests: { storage } } } });
  const claims = cluster.client.of(persistentVolumeClaims).namespace('default');
  await claims.create(claim('c1', '1Gi', 'gold'));
  await assert.rejects(claims.create(claim('c2', '1Gi', 'gold')), /requested: gold.storageclass.storage.k8s.io\/requests.storage=1Gi/);
  await claims.create(claim('c3', '1Gi', 'tin'));
  assert.deepEqual(await used(cluster), { configmaps: '1', 'count/deployments.apps': '1', 'services.nodeports': '1', 'requests.storage': '2Gi', 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi', persistentvolumeclaims: '2' });
});
