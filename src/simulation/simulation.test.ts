import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start-cluster.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import { serviceAccountController } from '../controllers/service-account/service-account.ts';
import { leases } from '../resources/coordination/lease.ts';
import { events } from '../resources/core/event.ts';
import { isNodeReady } from '../resources/core/node-conditions.ts';
import { nodes } from '../resources/core/node.ts';
import { isReady } from '../resources/core/pod-readiness.ts';
import { pods } from '../resources/core/pod.ts';
import type { Stage, StageRequirement } from './stage.ts';
import { stageKind, type StageObject } from './stage-kind.ts';

const inDefault = (cluster: Cluster) => cluster.client.of(pods).namespace('default');
const run = (cluster: Cluster, name: string, spec: object = {}, metadata: object = {}) =>
  inDefault(cluster).create({ metadata: { name, ...metadata }, spec: { containers: [{ name: 'main', image: 'app:1' }], ...spec } });

test('simulated nodes are ready, with addresses of their own and the promised room', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  const { items } = await cluster.client.of(nodes).list();
  assert.deepEqual(items.map(({ metadata }) => metadata.name), ['node-0001', 'node-0002', 'node-0003']);
  assert.ok(items.every(isNodeReady));
  assert.deepEqual(items[0]?.status?.allocatable, { cpu: '32', memory: '256Gi', 'ephemeral-storage': '1Ti', pods: '110' });
  assert.equal(new Set(items.map(({ status }) => status?.addresses?.[0]?.address)).size, 3);
});

test('Pods run: scheduled, ready, each with an address', async () => {
  await using cluster = await startCluster({ nodes: 3 });
  for (let i = 0; i < 6; i++) await run(cluster, `web-${i}`);
  await cluster.settled();
  const { items } = await inDefault(cluster).list();
  assert.ok(items.every((pod) => isReady(pod) && pod.status?.phase === 'Running'));
  assert.equal(new Set(items.map(({ status }) => status?.podIP)).size, 6);
  const [status] = items[0]?.status?.containerStatuses ?? [];
  assert.match(status?.containerID ?? '', /^simulated:\/\/[0-9a-f]{64}$/);
  assert.equal(status?.started, true);
  assert.ok(items[0]?.status?.hostIP);
  assert.deepEqual(items[0]?.status?.conditions?.map(({ type }) => type).sort(), ['ContainersReady', 'Initialized', 'PodReadyToStartContainers', 'PodScheduled', 'Ready']);
});

test('a deleted Pod is gone at once; one with a finalizer waits for it', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await run(cluster, 'plain');
  await run(cluster, 'held', {}, { finalizers: ['example.com/hold'] });
  await cluster.settled();
  await inDefault(cluster).delete('plain');
  await inDefault(cluster).delete('held');
  await cluster.settled();
  await assert.rejects(inDefault(cluster).get('plain'), isNotFound);
  assert.ok((await inDefault(cluster).get('held')).metadata.deletionTimestamp);
  await inDefault(cluster).patch('held', 'merge', { metadata: { finalizers: null } });
  await cluster.settled();
  await assert.rejects(inDefault(cluster).get('held'), isNotFound);
});

test('a Pod of a Job succeeds after a second', async () => {
  await using cluster = await startCluster({ nodes: 1, controllers: [serviceAccountController] });
  // There is no such Job: the garbage collector does not run here.
  await run(cluster, 'task', { restartPolicy: 'Never' }, { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: 'a-job', controller: true }], finalizers: ['example.com/keep'] });
  await cluster.settled();
  assert.equal((await inDefault(cluster).get('task')).status?.phase, 'Running');
  await cluster.clock.advance(1000);
  const { status } = await inDefault(cluster).get('task');
  assert.equal(status?.phase, 'Succeeded');
  assert.equal(status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 0);
});

test('leases are renewed as time goes on', async () => {
  await using cluster = await startCluster({ nodes: 2 });
  const own = cluster.client.of(leases).namespace('kube-node-lease');
  const before = (await own.get('node-0002')).spec?.renewTime ?? '';
  await cluster.clock.advance(60_000);
  const after = (await own.get('node-0002')).spec?.renewTime ?? '';
  assert.ok(Date.parse(after) - Date.parse(before) >= 40_000, `${before} ${after}`);
});

const slow: Stage[] = [
  {
    metadata: { name: 'start' },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Pod' },
      selector: { matchExpressions: [{ key: '.status.podIP', operator: 'DoesNotExist' }] },
      delay: { durationMilliseconds: 5000 },
      next: {
        statusTemplate: `
{{ $now := Now }}
phase: Running
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) }}
startTime: {{ $now }}
containerStatuses:
{{ range $index, $item := .spec.containers }}
- image: {{ $item.image | Quote }}
  name: {{ $item.name }}
  imageID: ""
  ready: {{ if eq $index 0 }}true{{ else }}false{{ end }}
  restartCount: 0
{{ end }}
`,
      },
    },
  },
];

test("kwok's stage files work: delays on the cluster's clock, status from a template", async () => {
  await using cluster = await startCluster({ nodes: 1, stages: slow });
  await run(cluster, 'web', { containers: [{ name: 'a', image: 'app:1' }, { name: 'b', image: 'app:2' }] });
  await cluster.settled();
  assert.equal((await inDefault(cluster).get('web')).status?.phase, 'Pending');
  await cluster.clock.advance(5000);
  const { status } = await inDefault(cluster).get('web');
  assert.equal(status?.phase, 'Running');
  assert.deepEqual(status?.containerStatuses?.map(({ name, image, ready }) => [name, image, ready]), [['a', 'app:1', true], ['b', 'app:2', false]]);
  assert.match(status?.podIP ?? '', /^10\./);
});

const stageObjects = (cluster: Cluster) => cluster.client.of(stageKind);
const podStage = (name: string, selector: StageRequirement[], spec: object): StageObject => ({ metadata: { name }, spec: { resourceRef: { kind: 'Pod' }, selector: { matchExpressions: selector }, ...spec } as Stage['spec'] });
const waiting: StageRequirement = { key: '.status.startTime', operator: 'DoesNotExist' };
const started: StageRequirement = { key: '.status.startTime', operator: 'Exists' };

test('Stage objects take the place of the default stages while they are there', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await cluster.settled();
  await stageObjects(cluster).create(podStage('create', [waiting], { next: { statusTemplate: 'startTime: {{ Now | Quote }}', event: { type: 'Normal', reason: 'Made', message: 'was made' }, finalizers: { add: [{ value: 'kwok.x-k8s.io/fake' }] } } }));
  await stageObjects(cluster).create(podStage('fail', [started, { key: '.status.phase', operator: 'In', values: ['Pending'] }], { delay: { durationFrom: { expressionFrom: '.metadata.annotations["delay"]' } }, steps: [{ patch: { root: 'status', subresource: 'status', template: 'phase: Failed' } }] }));
  await cluster.settled();
  await run(cluster, 'web', {}, { annotations: { delay: '1m30s' } });
  await cluster.settled();
  const made = await inDefault(cluster).get('web');
  assert.equal(made.status?.phase, 'Pending');
  assert.deepEqual(made.metadata.finalizers, ['kwok.x-k8s.io/fake']);
  const told = (await cluster.client.of(events).namespace('default').list()).items;
  assert.deepEqual(told.filter(({ reason }) => reason === 'Made').map(({ message, involvedObject }) => [message, involvedObject.name]), [['was made', 'web']]);
  await cluster.clock.advance(89_000);
  assert.equal((await inDefault(cluster).get('web')).status?.phase, 'Pending');
  await cluster.clock.advance(1000);
  assert.equal((await inDefault(cluster).get('web')).status?.phase, 'Failed');
  for (const name of ['create', 'fail']) await stageObjects(cluster).delete(name);
  await cluster.settled();
  await run(cluster, 'later');
  await cluster.settled();
  assert.equal((await inDefault(cluster).get('later')).status?.phase, 'Running');
});

test('of several stages for a Pod the one with weight is played, and deletes', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await cluster.settled();
  await stageObjects(cluster).create(podStage('never', [waiting], { weight: 0, next: { statusTemplate: 'reason: Never' } }));
  await stageObjects(cluster).create(podStage('always', [waiting], { weight: 5, weightFrom: { expressionFrom: '.metadata.annotations["weight"]' }, next: { delete: true } }));
  await cluster.settled();
  await run(cluster, 'web', {}, { annotations: { weight: '7' } });
  await cluster.settled();
  await assert.rejects(inDefault(cluster).get('web'), isNotFound);
});

test('a stage that is not understood is told of and left out', async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await cluster.settled();
  await stageObjects(cluster).create(podStage('odd', [{ key: '.status | nonsense', operator: 'Exists' }], { next: {} }));
  await stageObjects(cluster).create(podStage('good', [waiting], { next: { statusTemplate: 'startTime: {{ Now | Quote }}' } }));
  await cluster.settled();
  await run(cluster, 'web');
  await cluster.settled();
  assert.ok((await inDefault(cluster).get('web')).status?.startTime);
  const [event] = (await cluster.client.of(events).namespace('default').list()).items.filter(({ reason }) => reason === 'InvalidStage');
  assert.match(event?.message ?? '', /function not defined: nonsense\/0/);
});
