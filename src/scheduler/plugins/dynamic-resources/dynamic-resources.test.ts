import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster, type ClusterOptions } from '../../../cluster/start-cluster.ts';
import { events } from '../../../resources/core/event.ts';
import { podCondition } from '../../../resources/core/pod-conditions.ts';
import { claimFinalizer } from '../../../resources/core/pod-resource-claims.ts';
import { nodes } from '../../../resources/core/node.ts';
import { pods } from '../../../resources/core/pod.ts';
import { deviceClasses } from '../../../resources/resource/device-class.ts';
import { resourceClaims } from '../../../resources/resource/resource-claim.ts';
import { resourceClaimTemplates } from '../../../resources/resource/resource-claim-template.ts';
import { resourceSlices } from '../../../resources/resource/resource-slice.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { claim, deviceClass, driver, exactly, slice } from '../../testing/devices.ts';
import { createNode, createPod, getPod, node, pod } from '../../testing/objects.ts';

async function start(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await startCluster(options);
  await cluster.client.of(deviceClasses).create(deviceClass('gpu', { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] }));
  return cluster;
}

const withoutUid = <T extends { readonly metadata: { readonly uid?: string | undefined } }>({ metadata: { uid: _uid, ...metadata }, ...rest }: T) => ({ ...rest, metadata });
const addSlice = (cluster: Cluster, one: resourcev1.ResourceSlice) => cluster.client.of(resourceSlices).create(one);
const addClaim = (cluster: Cluster, one: resourcev1.ResourceClaim) => cluster.client.of(resourceClaims).namespace('default').create(withoutUid(one) as resourcev1.ResourceClaim);
const getClaim = (cluster: Cluster, name: string) => cluster.client.of(resourceClaims).namespace('default').get(name);
const deletePod = (cluster: Cluster, name: string) => cluster.client.of(pods).namespace('default').delete(name, { gracePeriodSeconds: 0 });
const using = (name: string, claimName: string, spec: Partial<corev1.PodSpec> = {}): corev1.Pod => pod(name, { ...spec, resourceClaims: [{ name: 'gpu', resourceClaimName: claimName }] });
const addTemplate = (cluster: Cluster, requests = [exactly()]) => cluster.client.of(resourceClaimTemplates).namespace('default').create({ metadata: { name: 'gpu' }, spec: { spec: { devices: { requests } } } });
const wanting = (name: string): corev1.Pod => pod(name, { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }] });
const nodeOf = async (cluster: Cluster, name: string): Promise<string | undefined> => (await getPod(cluster.client, name)).spec?.nodeName;
const whyNot = async (cluster: Cluster, name: string): Promise<string | undefined> => podCondition(await getPod(cluster.client, name), 'PodScheduled')?.message;
const devicesOf = ({ status }: resourcev1.ResourceClaim): string[] => (status?.allocation?.devices?.results ?? []).map(({ device }) => device);
const usersOf = ({ status }: resourcev1.ResourceClaim): string[] => (status?.reservedFor ?? []).map(({ name }) => name);

const notHelpful = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.';

test('from template to claim to device to node', async () => {
  await using cluster = await start();
  await createNode(cluster.client, node('one'));
  await createNode(cluster.client, node('two'));
  await addSlice(cluster, slice('two', ['gpu-0']));
  await addTemplate(cluster);
  await createPod(cluster.client, wanting('train'));
  await cluster.settled();
  const train = await getPod(cluster.client, 'train');
  assert.equal(train.spec?.nodeName, 'two');
  const made = await getClaim(cluster, train.status?.resourceClaimStatuses?.[0]?.resourceClaimName ?? '');
  assert.deepEqual(made.metadata.finalizers, [claimFinalizer]);
  assert.deepEqual(made.status, {
    allocation: {
      allocationTimestamp: '2026-01-01T00:00:00Z',
      devices: { results: [{ request: 'gpu', driver, pool: 'two', device: 'gpu-0' }] },
      nodeSelector: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['two'] }] }] },
    },
    reservedFor: [{ resource: 'pods', name: 'train', uid: train.metadata.uid }],
  });
  // Gone with the Pod, and its device is free.
  await deletePod(cluster, 'train');
  await cluster.settled();
  assert.deepEqual((await cluster.client.of(resourceClaims).namespace('default').list()).items, []);
  await createPod(cluster.client, wanting('again'));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'again'), 'two');
});

test('two Pods share a claim, and go where its device is', async () => {
  await using cluster = await start();
  for (const name of ['one', 'two']) await createNode(cluster.client, node(name));
  await addSlice(cluster, slice('two', ['gpu-0']));
  await addClaim(cluster, claim('shared'));
  await createPod(cluster.client, using('a', 'shared'));
  await createPod(cluster.client, using('b', 'shared'));
  await cluster.settled();
  assert.deepEqual([await nodeOf(cluster, 'a'), await nodeOf(cluster, 'b')], ['two', 'two']);
  assert.deepEqual(usersOf(await getClaim(cluster, 'shared')), ['a', 'b']);
});

test('a Pod waits until a slice brings its device', async () => {
  await using cluster = await start();
  await createNode(cluster.client, node('one'));
  await addClaim(cluster, claim('mine'));
  await createPod(cluster.client, using('train', 'mine'));
  await cluster.settled();
  assert.equal(await whyNot(cluster, 'train'), `0/1 nodes are available: 1 cannot allocate all claims. still not schedulable, ${notHelpful}`);
  await addSlice(cluster, slice('one', ['gpu-0']));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'train'), 'one');
});

test('a Pod waits until its claim, or the class that it asks for, is there', async () => {
  await using cluster = await start();
  await createNode(cluster.client, node('one'));
  await addSlice(cluster, slice('one', ['gpu-0']));
  await createPod(cluster.client, using('train', 'late'));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'train'), undefined);
  await addClaim(cluster, claim('late', [exactly({ deviceClassName: 'new' })]));
  await cluster.settled();
  assert.equal(await whyNot(cluster, 'train'), `0/1 nodes are available: request gpu: device class new does not exist. still not schedulable, ${notHelpful}`);
  await cluster.client.of(deviceClasses).create(deviceClass('new'));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'train'), 'one');
});

test('a device that is taken is waited for', async () => {
  await using cluster = await start();
  await createNode(cluster.client, node('one'));
  await addSlice(cluster, slice('one', ['gpu-0']));
  await addTemplate(cluster);
  await createPod(cluster.client, wanting('first'));
  await createPod(cluster.client, wanting('second'));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'first'), 'one');
  assert.equal(await nodeOf(cluster, 'second'), undefined);
  await deletePod(cluster, 'first');
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'second'), 'one');
});

test('many Pods at once get a device each', async () => {
  await using cluster = await start();
  const names = Array.from({ length: 8 }, (_, i) => `p${i}`);
  for (const name of ['one', 'two']) {
    await createNode(cluster.client, node(name));
    await addSlice(cluster, slice(name, ['a', 'b', 'c', 'd']));
  }
  await addTemplate(cluster);
  await Promise.all(names.map((name) => createPod(cluster.client, wanting(name))));
  await cluster.settled();
  const results = (await cluster.client.of(resourceClaims).namespace('default').list()).items.flatMap(({ status }) => (status?.allocation?.devices?.results ?? []).map(({ pool, device }) => `${pool}/${device}`));
  assert.equal(new Set(results).size, 8);
  for (const name of names) assert.ok(await nodeOf(cluster, name), name);
});

test('an idle claim that was allocated for another node is allocated anew', async () => {
  await using cluster = await start();
  for (const name of ['one', 'two']) {
    await createNode(cluster.client, node(name));
    await addSlice(cluster, slice(name, [`gpu-${name}`]));
  }
  await addClaim(cluster, claim('mine'));
  const selector = { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['one'] }] }] };
  await cluster.client.of(resourceClaims).namespace('default').patch('mine', 'merge', { status: { allocation: { devices: { results: [{ request: 'gpu', driver, pool: 'one', device: 'gpu-one' }] }, nodeSelector: selector } } }, { subresource: 'status' });
  await createPod(cluster.client, using('train', 'mine', { nodeSelector: { 'kubernetes.io/hostname': 'two' } }));
  await cluster.settled();
  await cluster.clock.advance(2_000);
  assert.equal(await nodeOf(cluster, 'train'), 'two');
  assert.deepEqual(devicesOf(await getClaim(cluster, 'mine')), ['gpu-two']);
});

test('the claim of a Pod that could not be bound is free again', async () => {
  await using cluster = await start();
  await createNode(cluster.client, node('one'));
  await addSlice(cluster, slice('one', ['gpu-0']));
  await addClaim(cluster, claim('slow'));
  await cluster.client.of(resourceSlices).patch('one', 'merge', { spec: { devices: [{ name: 'gpu-0', bindingConditions: ['example.com/attached'], bindingFailureConditions: ['example.com/broken'] }] } });
  await createPod(cluster.client, using('train', 'slow'));
  await cluster.settled();
  assert.deepEqual(usersOf(await getClaim(cluster, 'slow')), ['train']);
  assert.equal(await nodeOf(cluster, 'train'), undefined);
  const said = (await cluster.client.of(events).namespace('default').list()).items.map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`);
  assert.ok(said.includes('BindingConditionsPending: waiting for binding conditions for device on node one'), said.join('\n'));
  const condition = { type: 'example.com/attached', status: 'True', reason: 'Done', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
  const devices = (type: string) => ({ status: { devices: [{ driver, pool: 'one', device: 'gpu-0', conditions: [{ ...condition, type }] }] } });
  await cluster.client.of(resourceClaims).namespace('default').patch('slow', 'merge', devices('example.com/broken'), { subresource: 'status' });
  await cluster.settled();
  assert.match((await whyNot(cluster, 'train')) ?? '', /claim slow binding failed: reason=Done/);
  assert.deepEqual(usersOf(await getClaim(cluster, 'slow')), []);
  // Allocated anew, and this time it works.
  await cluster.clock.advance(20_000);
  await cluster.client.of(resourceClaims).namespace('default').patch('slow', 'merge', devices('example.com/attached'), { subresource: 'status' });
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'train'), 'one');
});

test('nodes where the better alternative can be had are preferred', async () => {
  await using cluster = await start();
  for (const name of ['one', 'two', 'three']) {
    await createNode(cluster.client, node(name));
    await addSlice(cluster, slice(name, [{ name: 'gpu', attributes: { big: { bool: name === 'two' } } }]));
  }
  const alternative = (name: string, big: boolean): resourcev1.DeviceSubRequest => ({ name, deviceClassName: 'gpu', selectors: [{ cel: { expression: `device.attributes["${driver}"].big == ${big}` } }] });
  await addClaim(cluster, claim('any', [{ name: 'gpu', firstAvailable: [alternative('big', true), alternative('small', false)] }]));
  await createPod(cluster.client, using('train', 'any'));
  await cluster.settled();
  assert.equal(await nodeOf(cluster, 'train'), 'two');
});

test('an expression that fails is told', async () => {
  await using cluster = await start();
  await createNode(cluster.client, node('one'));
  await addSlice(cluster, slice('one', ['gpu-0']));
  await addClaim(cluster, claim('odd', [exactly({ selectors: [{ cel: { expression: `device.attributes["${driver}"].speed > 3` } }] })]));
  await createPod(cluster.client, using('train', 'odd'));
  await cluster.settled();
  const condition = podCondition(await getPod(cluster.client, 'train'), 'PodScheduled');
  assert.equal(condition?.reason, 'SchedulerError');
  assert.match(condition.message ?? '', /claim default\/odd: selector #0 on device gpu.example.com\/one\/gpu-0: CEL runtime error: /);
});

test('on simulated nodes such a Pod just runs', async () => {
  await using cluster = await start({ nodes: 1 });
  const [one] = (await cluster.client.of(nodes).list()).items;
  await addSlice(cluster, slice(one?.metadata.name ?? '', ['gpu-0']));
  await addTemplate(cluster);
  await createPod(cluster.client, wanting('train'));
  await cluster.settled();
  assert.equal((await getPod(cluster.client, 'train')).status?.phase, 'Running');
});
