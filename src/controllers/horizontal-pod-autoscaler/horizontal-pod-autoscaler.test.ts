import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { horizontalPodAutoscalers } from '../../resources/autoscaling/horizontal-pod-autoscaler.ts';
import { events } from '../../resources/core/event.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as autoscalingv2 from '../../resources/types/autoscaling-v2.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { deploymentController } from '../deployment/deployment.ts';
import { replicaSetController } from '../replica-set/replica-set.ts';
import { prepareNamespace, runPods } from '../runtime/testing.ts';
import { normalize, type ScalingHistory } from './behavior.ts';
import { horizontalPodAutoscalerController } from './horizontal-pod-autoscaler.ts';
import type { MetricsClient, PodMetric } from './metrics-client.ts';
import { byAverage, byShare, byUtilization, byValue } from './replica-calculator.ts';

const at = Date.UTC(2026, 0, 1);
const minutes = 60_000;
const tolerances = { up: 0.1, down: 0.1 };

interface PodGiven {
  readonly usage?: number;
  readonly phase?: string;
  readonly ready?: string;
  /** Minutes ago. */
  readonly started?: number;
  readonly going?: boolean;
}

function figures(given: readonly PodGiven[]) {
  const all: corev1.Pod[] = given.map(({ phase = 'Running', ready = 'True', started = 60, going }, i) => ({
    metadata: { name: `p${i}`, ...(going ? { deletionTimestamp: new Date(at).toISOString() } : {}) },
    spec: { containers: [{ name: 'main', image: 'i', resources: { requests: { cpu: '1' } } }] },
    status: { phase, startTime: new Date(at - started * minutes).toISOString(), conditions: [{ type: 'Ready', status: ready, lastTransitionTime: new Date(at - started * minutes).toISOString() }] },
  }));
  const metrics = new Map<string, PodMetric>(given.flatMap(({ usage }, i) => (usage === undefined ? [] : [[`p${i}`, { value: usage, timestamp: at, window: minutes }] as const])));
  return { pods: all, metrics, current: given.length, tolerances, resource: 'cpu', now: at };
}

const calculations: readonly [string, readonly PodGiven[], target: number, replicas: number][] = [
  ['more load', [{ usage: 300 }, { usage: 500 }, { usage: 700 }], 30, 5],
  ['less load', [{ usage: 100 }, { usage: 100 }, { usage: 100 }], 50, 1],
  ['within tolerance', [{ usage: 1010 }, { usage: 1030 }, { usage: 1020 }], 100, 3],
  ['a Pod that starts does not count up', [{ usage: 300, ready: 'False', started: 1 }, { usage: 500 }, { usage: 700 }], 30, 4],
  ['Pods that start hold growth', [{ usage: 400, ready: 'False', started: 1 }, { usage: 500, ready: 'False', started: 1 }, { usage: 700 }], 30, 3],
  ['pending Pods count as idle', [{ usage: 700 }, { phase: 'Pending' }], 50, 2],
  ['missing Pods count as full when shrinking', [{ usage: 400 }, { usage: 400 }, { usage: 400 }, {}], 80, 3],
  ['missing Pods count as idle when growing', [{ usage: 1000 }, { usage: 1000 }, {}], 50, 4],
  ['failed and stopping Pods are ignored', [{ usage: 500 }, { usage: 700 }, { phase: 'Failed' }, { usage: 100, going: true }], 60, 4],
];
for (const [name, given, target, replicas] of calculations) {
  test(`utilization: ${name}`, () => assert.equal(byUtilization(figures(given), target, 'cpu').replicas, replicas));
}

test('other targets', () => {
  assert.deepEqual(byAverage({ ...figures([{ usage: 20_000 }, { usage: 10_000 }, { usage: 30_000 }]) }, 15_000), { replicas: 4, average: 20_000 });
  assert.equal(byValue(20_000, 15_000, figures([{}, {}, {}])), 4);
  assert.equal(byValue(20_000, 15_000, { ...figures([]), current: 0 }), 2);
  assert.equal(byShare(8_600, 2_000, 3, tolerances), 5);
  assert.equal(byShare(6_000, 2_000, 3, tolerances), 3);
});

test('what cannot be told is an error', () => {
  assert.throws(() => byUtilization(figures([]), 50, 'cpu'), /no pods returned by selector/);
  assert.throws(() => byUtilization(figures([{ phase: 'Pending' }]), 50, 'cpu'), /did not receive metrics for targeted pods \(pods might be unready\)/);
  assert.throws(() => byUtilization(figures([{ usage: 1 }]), 50, 'memory'), /missing request for memory in container main of Pod p0/);
});

const policy = (type: string, value: number, periodSeconds = 60) => ({ type, value, periodSeconds });
const speeds: readonly [string, autoscalingv2.HorizontalPodAutoscalerBehavior | undefined, Partial<ScalingHistory>, current: number, desired: number, readonly [replicas: number, stabilized: string, limit: string]][] = [
  ['plain, doubles at most', undefined, {}, 3, 9, [6, 'ReadyForNewScale', 'ScaleUpLimit']],
  ['plain, up to max', undefined, {}, 8, 30, [12, 'ReadyForNewScale', 'TooManyReplicas']],
  ['plain, down to min', undefined, {}, 3, 0, [1, 'ReadyForNewScale', 'TooFewReplicas']],
  ['plain, held by a recent recommendation', undefined, { recommendations: [{ replicas: 5, at: at - 4 * minutes }] }, 5, 2, [5, 'ScaleDownStabilized', 'DesiredWithinRange']],
  ['plain, an old recommendation is forgotten', undefined, { recommendations: [{ replicas: 5, at: at - 6 * minutes }] }, 5, 2, [2, 'ReadyForNewScale', 'DesiredWithinRange']],
  ['Pods a minute', { scaleUp: { policies: [policy('Pods', 2)] } }, {}, 3, 9, [5, 'ReadyForNewScale', 'ScaleUpLimit']],
  ['Pods a minute, some spent', { scaleUp: { policies: [policy('Pods', 2)] } }, { changes: [{ by: 1, at: at - 30_000 }] }, 4, 9, [5, 'ReadyForNewScale', 'ScaleUpLimit']],
  ['the larger of two policies', { scaleUp: { selectPolicy: 'Max', policies: [policy('Pods', 1), policy('Percent', 100)] } }, {}, 4, 12, [8, 'ReadyForNewScale', 'ScaleUpLimit']],
  ['the smaller of two policies', { scaleUp: { selectPolicy: 'Min', policies: [policy('Pods', 1), policy('Percent', 100)] } }, {}, 4, 12, [5, 'ReadyForNewScale', 'ScaleUpLimit']],
  ['growth held', { scaleUp: { stabilizationWindowSeconds: 60, policies: [policy('Percent', 100)] } }, { recommendations: [{ replicas: 5, at: at - 30_000 }] }, 4, 8, [5, 'ScaleUpStabilized', 'DesiredWithinRange']],
  ['shrinking slowly', { scaleDown: { stabilizationWindowSeconds: 0, policies: [policy('Percent', 10)] } }, {}, 10, 1, [9, 'ReadyForNewScale', 'ScaleDownLimit']],
  ['shrinking fast', { scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [policy('Percent', 10), policy('Pods', 4)] } }, {}, 10, 1, [6, 'ReadyForNewScale', 'ScaleDownLimit']],
  ['shrinking forbidden', { scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Disabled', policies: [policy('Percent', 10)] } }, {}, 10, 1, [10, 'ReadyForNewScale', 'ScaleDownLimit']],
];
for (const [name, behavior, past, current, desired, expected] of speeds) {
  test(`speed: ${name}`, () => {
    const { replicas, stabilized, limit } = normalize({ current, desired, min: 1, max: 12, behavior, history: { recommendations: [], changes: [], ...past }, now: at });
    assert.deepEqual([replicas, stabilized.reason, limit.reason], expected);
  });
}

/** `run`: makes the first Pods run. */
async function start(metrics?: MetricsClient, run = (cluster: Cluster): Promise<unknown> => runPods(cluster.client, cluster.clock)): Promise<Cluster> {
  const cluster = await startCluster({ controllers: [horizontalPodAutoscalerController(metrics ? { metrics } : {}), deploymentController, replicaSetController], scheduler: false });
  await prepareNamespace(cluster.client);
  const labels = { app: 'web' };
  const containers = [{ name: 'main', image: 'i', resources: { requests: { cpu: '1' } } }];
  await cluster.client.of(deployments).namespace('default').create({ metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } } });
  await cluster.settled();
  await run(cluster);
  await cluster.clock.advance(10 * minutes);
  await autoscalers(cluster).create({
    metadata: { name: 'web' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 6, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }] },
  });
  await cluster.settled();
  return cluster;
}

const autoscalers = (cluster: Cluster) => cluster.client.of(horizontalPodAutoscalers).namespace('default');
const size = async (cluster: Cluster) => (await cluster.client.of(deployments).namespace('default').get('web')).spec?.replicas;
const told = async (cluster: Cluster) => (await cluster.client.of(events).namespace('default').list()).items.filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler').map(({ reason, message }) => [reason, message]);
const conditions = async (cluster: Cluster) => ((await autoscalers(cluster).get('web')).status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`).sort();

test('grows with the load, and shrinks five minutes after it has gone', async () => {
  let load = 1000;
  const none = (): never => {
    throw new Error('none');
  };
  const metrics: MetricsClient = {
    resource: (_resource, _namespace, selector) => {
      assert.equal(selector, 'app=web');
      const measured = { value: load, timestamp: Date.UTC(2030, 0, 1), window: 30_000 };
      return Promise.resolve(new Map(names.map((name) => [name, measured])));
    },
    pods: none,
    object: none,
    external: none,
  };
  let names: string[] = [];
  const learnPods = async (cluster: Cluster) => {
    await runPods(cluster.client, cluster.clock);
    names = (await cluster.client.of(pods).namespace('default').list()).items.map(({ metadata }) => metadata.name ?? '');
  };
  await using cluster = await start(metrics, learnPods);
  assert.equal(await size(cluster), 4);
  assert.deepEqual(await told(cluster), [['SuccessfulRescale', 'New size: 4; reason: cpu resource utilization (percentage of request) above target']]);
  assert.deepEqual(await conditions(cluster), ['AbleToScale=True SucceededRescale', 'ScalingActive=True ValidMetricFound', 'ScalingLimited=False DesiredWithinRange']);
  const { status } = await autoscalers(cluster).get('web');
  assert.deepEqual([status?.currentReplicas, status?.desiredReplicas, status?.currentMetrics?.[0]?.resource?.current], [2, 4, { averageUtilization: 100, averageValue: '1' }]);
  await learnPods(cluster);
  load = 100;
  await cluster.clock.advance(4 * minutes);
  assert.equal(await size(cluster), 4);
  assert.ok((await conditions(cluster)).includes('AbleToScale=True ScaleDownStabilized'));
  await cluster.clock.advance(7 * minutes);
  assert.equal(await size(cluster), 1);
});

test('without a metrics API it says so and leaves the size', async () => {
  await using cluster = await start();
  const api = 'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
  assert.deepEqual((await told(cluster)).sort(), [
    ['FailedComputeMetricsReplicas', `invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: ${api}`],
    ['FailedGetResourceMetric', `failed to get cpu utilization: ${api}`],
  ]);
  assert.deepEqual(await conditions(cluster), ['AbleToScale=True SucceededGetScale', 'ScalingActive=False FailedGetResourceMetric']);
  assert.equal(await size(cluster), 2);
});

test('brings the size between min and max, and rests at zero', async () => {
  await using cluster = await start();
  await autoscalers(cluster).patch('web', 'merge', { spec: { minReplicas: 3 } });
  await cluster.settled();
  assert.equal(await size(cluster), 3);
  assert.ok((await told(cluster)).some(([, message]) => message === 'New size: 3; reason: Current number of replicas below Spec.MinReplicas'));
  await cluster.client.of(deployments).namespace('default').patch('web', 'merge', { spec: { replicas: 0 } });
  await cluster.clock.advance(15_000);
  assert.equal(await size(cluster), 0);
  assert.ok((await conditions(cluster)).includes('ScalingActive=False ScalingDisabled'));
});

test('a target that is not there', async () => {
  await using cluster = await start();
  await cluster.client.of(deployments).namespace('default').delete('web');
  await cluster.clock.advance(15_000);
  assert.ok((await conditions(cluster)).includes('AbleToScale=False FailedGetScale'));
});
