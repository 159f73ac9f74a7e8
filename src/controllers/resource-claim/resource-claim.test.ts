import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { events } from '../../resources/core/event.ts';
import { claimFinalizer, podAsUser } from '../../resources/core/pod-resource-claims.ts';
import { pods } from '../../resources/core/pod.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import { resourceClaimTemplates } from '../../resources/resource/resource-claim-template.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../resources/types/resource-v1.ts';
import { podSpec, prepareNamespace, setPodStatus } from '../runtime/testing.ts';
import { baseOf } from './claim-maker.ts';
import { resourceClaimController } from './resource-claim.ts';

const spec: resourcev1.ResourceClaimSpec = { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } }] } };
const template = { metadata: { name: 'one-gpu' }, spec: { metadata: { labels: { app: 'train' }, annotations: { note: 'a' } }, spec } };
const pod = { metadata: { name: 'train' }, spec: { ...podSpec, resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'one-gpu' }] } };
const allocation: resourcev1.AllocationResult = { devices: { results: [{ request: 'gpu', driver: 'gpu.example.com', pool: 'one', device: 'gpu-0' }] } };

async function start(): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [resourceClaimController], scheduler: false });
  await prepareNamespace(cluster.client);
  return cluster;
}

const podsOf = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const claimsOf = (cluster: Cluster) => cluster.client.of(resourceClaims).namespace('default');
const allClaims = async (cluster: Cluster) => (await claimsOf(cluster).list()).items;

/** As the scheduler leaves a claim: allocated, kept, used by a Pod. */
async function allocate(cluster: Cluster, name: string, ...users: readonly corev1.Pod[]): Promise<void> {
  await claimsOf(cluster).patch(name, 'merge', { metadata: { finalizers: [claimFinalizer] } });
  await claimsOf(cluster).patch(name, 'merge', { status: { allocation, reservedFor: users.map(podAsUser) } }, { subresource: 'status' });
  await cluster.settled();
}

test("a Pod's claim is made from its template, owned by the Pod and named in its status", async () => {
  await using cluster = await start();
  await cluster.client.of(resourceClaimTemplates).namespace('default').create(template);
  const { metadata } = await podsOf(cluster).create(pod);
  await cluster.settled();
  const [claim, ...others] = await allClaims(cluster);
  assert.equal(others.length, 0);
  assert.match(claim?.metadata.name ?? '', /^train-gpu-[a-z0-9]{5}$/);
  assert.deepEqual(claim?.metadata.annotations, { note: 'a', 'resource.kubernetes.io/pod-claim-name': 'gpu' });
  assert.deepEqual(claim.metadata.labels, { app: 'train' });
  assert.deepEqual(claim.metadata.ownerReferences, [{ apiVersion: 'v1', kind: 'Pod', name: 'train', uid: metadata.uid, controller: true, blockOwnerDeletion: true }]);
  assert.equal(claim.spec.devices?.requests?.[0]?.exactly?.count, 1);
  assert.deepEqual((await podsOf(cluster).get('train')).status?.resourceClaimStatuses, [{ name: 'gpu', resourceClaimName: claim.metadata.name }]);
  // One that is lost is made again.
  await claimsOf(cluster).delete(claim.metadata.name ?? '');
  await cluster.settled();
  const [again] = await allClaims(cluster);
  assert.notEqual(again?.metadata.name, claim.metadata.name);
  assert.deepEqual((await podsOf(cluster).get('train')).status?.resourceClaimStatuses, [{ name: 'gpu', resourceClaimName: again?.metadata.name }]);
});

test('a template that is missing is told, and awaited', async () => {
  await using cluster = await start();
  await podsOf(cluster).create(pod);
  await cluster.settled();
  const [told] = (await cluster.client.of(events).namespace('default').list()).items;
  assert.equal(told?.reason, 'FailedResourceClaimCreation');
  assert.equal(told.message, 'PodResourceClaim gpu: resource claim template "one-gpu": resourceclaimtemplate.resource.k8s.io "one-gpu" not found');
  await cluster.client.of(resourceClaimTemplates).namespace('default').create(template);
  await cluster.settled();
  assert.equal((await allClaims(cluster)).length, 1);
});

test('long names of Pods and claims are both cut', () => {
  assert.equal(baseOf('web', 'gpu'), 'web-gpu-');
  const base = baseOf('p'.repeat(90), 'c'.repeat(30));
  assert.match(base, /^p{42}-c{14}$/);
});

test('a claim of a Pod that has finished gives its devices back and goes', async () => {
  await using cluster = await start();
  await cluster.client.of(resourceClaimTemplates).namespace('default').create(template);
  await podsOf(cluster).create(pod);
  await cluster.settled();
  const [claim] = await allClaims(cluster);
  const train = await podsOf(cluster).get('train');
  await allocate(cluster, claim?.metadata.name ?? '', train);
  assert.equal((await allClaims(cluster))[0]?.status?.reservedFor?.length, 1);
  await setPodStatus(cluster.client, train, { phase: 'Succeeded' });
  await cluster.settled();
  assert.deepEqual(await allClaims(cluster), []);
});

test('a claim that Pods share stays allocated until the last of them goes, and itself when it is nobody\'s', async () => {
  await using cluster = await start();
  const shared = { ...pod, spec: { ...podSpec, resourceClaims: [{ name: 'gpu', resourceClaimName: 'shared' }] } };
  await claimsOf(cluster).create({ metadata: { name: 'shared' }, spec });
  const [a, b] = await Promise.all(['a', 'b'].map((name) => podsOf(cluster).create({ ...shared, metadata: { name } })));
  await allocate(cluster, 'shared', ...[a, b].flatMap((one) => one ?? []));
  await podsOf(cluster).delete('a', { gracePeriodSeconds: 0 });
  await cluster.settled();
  const left = await claimsOf(cluster).get('shared');
  assert.deepEqual(left.status?.reservedFor?.map(({ name }) => name), ['b']);
  assert.ok(left.status.allocation);
  await podsOf(cluster).delete('b', { gracePeriodSeconds: 0 });
  await cluster.settled();
  const free = await claimsOf(cluster).get('shared');
  assert.deepEqual(free.status ?? {}, {});
  assert.equal(free.metadata.finalizers, undefined);
});

test('a claim that is deleted while it is used goes after its user', async () => {
  await using cluster = await start();
  await claimsOf(cluster).create({ metadata: { name: 'mine' }, spec });
  const user = await podsOf(cluster).create({ ...pod, spec: { ...podSpec, resourceClaims: [{ name: 'gpu', resourceClaimName: 'mine' }] } });
  await allocate(cluster, 'mine', user);
  await claimsOf(cluster).delete('mine');
  await cluster.settled();
  assert.ok((await claimsOf(cluster).get('mine')).metadata.deletionTimestamp);
  await podsOf(cluster).delete('train', { gracePeriodSeconds: 0 });
  await cluster.settled();
  assert.deepEqual(await allClaims(cluster), []);
});

test('an allocated claim that nobody uses is not deallocated, but may be deleted', async () => {
  await using cluster = await start();
  await claimsOf(cluster).create({ metadata: { name: 'idle' }, spec });
  await allocate(cluster, 'idle');
  assert.ok((await claimsOf(cluster).get('idle')).status?.allocation);
  await claimsOf(cluster).delete('idle');
  await cluster.settled();
  assert.deepEqual(await allClaims(cluster), []);
});

test('a Pod that was given its node by hand has its allocated claim reserved', async () => {
  await using cluster = await start();
  await claimsOf(cluster).create({ metadata: { name: 'mine' }, spec });
  await allocate(cluster, 'mine');
  await podsOf(cluster).create({ ...pod, spec: { ...podSpec, nodeName: 'one', resourceClaims: [{ name: 'gpu', resourceClaimName: 'mine' }] } });
  await cluster.settled();
  assert.deepEqual((await claimsOf(cluster).get('mine')).status?.reservedFor?.map(({ name }) => name), ['train']);
});
