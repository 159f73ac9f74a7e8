/** Rollouts on simulated nodes whose Pods start and end after random times: at no moment are fewer Pods available, or more there, than promised. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../base/log.ts';
import type { KubeObject } from '../apimachinery/object.ts';
import { Informer } from '../client/informer.ts';
import { startCluster, type Cluster } from '../cluster/start-cluster.ts';
import { daemonSets } from '../resources/apps/daemon-set.ts';
import { deployments } from '../resources/apps/deployment.ts';
import { statefulSets } from '../resources/apps/stateful-set.ts';
import { podCondition } from '../resources/core/pod-conditions.ts';
import { isReady, isTerminating } from '../resources/core/pod-readiness.ts';
import { pods } from '../resources/core/pod.ts';
import type { Kind } from '../resources/definition.ts';
import type * as appsv1 from '../resources/types/apps-v1.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import { defaultPodStages } from './default-pod-stages.ts';
import type { Stage } from './stage.ts';

/** Pods become ready within eight seconds, and are gone within six. */
const most: Readonly<Record<string, number>> = { 'pod-ready': 8000, 'pod-delete': 6000 };
const unsteady: readonly Stage[] = defaultPodStages.map((stage) => ({ ...stage, spec: { ...stage.spec, delay: { durationMilliseconds: 200, jitterDurationMilliseconds: most[stage.metadata.name] ?? 200 } } }));

const labels = { app: 'web' };
const template = (version: number): corev1.PodTemplateSpec => ({ metadata: { labels }, spec: { containers: [{ name: 'main', image: `app:${version}` }] } });

/** What is seen of the Pods from here on, at every change of any of them. */
class Observer {
  readonly #informer: Informer<corev1.Pod>;
  least = Infinity;
  most = 0;
  /** Whether Pods of both versions ever ran side by side. */
  mixed = false;

  constructor(cluster: Cluster, minReadySeconds = 0) {
    this.#informer = new Informer(pods, { client: cluster.client, clock: cluster.clock, logger: silentLogger, namespace: 'default' });
    const look = (): void => {
      if (!this.#informer.hasSynced) return;
      const active = this.#informer.list().filter((pod) => !isTerminating(pod));
      const readySince = (pod: corev1.Pod): number => Date.parse(podCondition(pod, 'Ready')?.lastTransitionTime ?? '');
      const available = active.filter((pod) => isReady(pod) && cluster.clock.now() >= readySince(pod) + minReadySeconds * 1000);
      this.least = Math.min(this.least, available.length);
      this.most = Math.max(this.most, active.length);
      this.mixed ||= new Set(this.#informer.list().map(({ spec }) => spec?.containers[0]?.image)).size > 1;
    };
    this.#informer.addHandler({ added: look, updated: look, deleted: look });
    this.#informer.start();
  }

  get synced(): Promise<void> {
    return this.#informer.synced;
  }

  close(): Promise<void> {
    return this.#informer.close();
  }
}

/** Lets time pass until `count` Pods of a version, and no others, are ready; at most ten minutes. */
async function rolledOut(cluster: Cluster, version: number, count: number): Promise<void> {
  const known = cluster.controlPlane.informers.of(pods);
  for (let seconds = 0; seconds < 600; seconds++) {
    const all = known.list();
    if (all.length === count && all.every((pod) => isReady(pod) && pod.spec?.containers[0]?.image === `app:${version}`)) return;
    await cluster.clock.advance(1000);
  }
  assert.fail(`version ${version} is not rolled out after ten minutes`);
}

/** Rolls from version 1 to 2 and tells what was seen meanwhile. */
async function roll<T extends KubeObject>(kind: Kind<T>, object: (version: number) => T, options: { readonly replicas: number; readonly nodes: number; readonly minReadySeconds?: number }): Promise<Observer> {
  await using cluster = await startCluster({ nodes: options.nodes, stages: unsteady });
  const own = cluster.client.of(kind).namespace('default');
  await own.create(object(1));
  await rolledOut(cluster, 1, options.replicas);
  await cluster.clock.advance(1000 * (options.minReadySeconds ?? 0));
  const observer = new Observer(cluster, options.minReadySeconds);
  try {
    await observer.synced;
    const { spec } = object(2) as { spec?: unknown };
    await own.patch('web', 'merge', { spec });
    await rolledOut(cluster, 2, options.replicas);
  } finally {
    await observer.close();
  }
  return observer;
}

const replicas = 30;
const strategies: readonly { readonly maxSurge: number | string; readonly maxUnavailable: number | string; readonly least: number; readonly most: number; readonly minReadySeconds?: number }[] = [
  { maxSurge: '25%', maxUnavailable: '25%', least: 23, most: 38 },
  { maxSurge: 1, maxUnavailable: 0, least: 30, most: 31 },
  { maxSurge: 0, maxUnavailable: 1, least: 29, most: 30 },
  { maxSurge: 0, maxUnavailable: '10%', least: 27, most: 30 },
  // Surge is rounded up, what may be missing down.
  { maxSurge: '1%', maxUnavailable: '1%', least: 30, most: 31 },
  { maxSurge: '100%', maxUnavailable: 0, least: 30, most: 60 },
  { maxSurge: 5, maxUnavailable: '50%', least: 15, most: 35 },
  { maxSurge: 4, maxUnavailable: 2, least: 28, most: 34, minReadySeconds: 5 },
];

for (const { maxSurge, maxUnavailable, least, most: highest, minReadySeconds = 0 } of strategies) {
  test(`a Deployment of 30 with maxSurge ${maxSurge}, maxUnavailable ${maxUnavailable} and minReadySeconds ${minReadySeconds}: ${least} to ${highest} Pods`, async () => {
    const object = (version: number): appsv1.Deployment => ({
      metadata: { name: 'web' },
      spec: { replicas, minReadySeconds, selector: { matchLabels: labels }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }, template: template(version) },
    });
    const seen = await roll(deployments, object, { replicas, nodes: 5, minReadySeconds });
    assert.ok(seen.least >= least, `${seen.least} were available`);
    assert.ok(seen.most <= highest, `${seen.most} were there`);
    assert.equal(seen.mixed, true);
  });
}

test('Recreate never runs two versions at once', async () => {
  const object = (version: number): appsv1.Deployment => ({ metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: labels }, strategy: { type: 'Recreate' }, template: template(version) } });
  const seen = await roll(deployments, object, { replicas, nodes: 5 });
  assert.deepEqual([seen.least, seen.mixed], [0, false]);
  assert.ok(seen.most <= replicas);
});

test('a StatefulSet of 10 misses one Pod at a time', async () => {
  const object = (version: number): appsv1.StatefulSet => ({ metadata: { name: 'web' }, spec: { replicas: 10, serviceName: 'web', podManagementPolicy: 'Parallel', selector: { matchLabels: labels }, template: template(version) } });
  const seen = await roll(statefulSets, object, { replicas: 10, nodes: 5 });
  assert.ok(seen.least >= 9, `${seen.least} were available`);
  assert.ok(seen.most <= 10, `${seen.most} were there`);
});

const daemons: readonly { readonly rollingUpdate: appsv1.RollingUpdateDaemonSet; readonly least: number; readonly most: number }[] = [
  { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 }, least: 11, most: 12 },
  { rollingUpdate: { maxUnavailable: '30%', maxSurge: 0 }, least: 8, most: 12 },
  { rollingUpdate: { maxUnavailable: 0, maxSurge: 2 }, least: 12, most: 14 },
];

for (const { rollingUpdate, least, most: highest } of daemons) {
  test(`a DaemonSet on 12 nodes with ${JSON.stringify(rollingUpdate)}: ${least} to ${highest} Pods`, async () => {
    const object = (version: number): appsv1.DaemonSet => ({ metadata: { name: 'web' }, spec: { selector: { matchLabels: labels }, updateStrategy: { type: 'RollingUpdate', rollingUpdate }, template: template(version) } });
    const seen = await roll(daemonSets, object, { replicas: 12, nodes: 12 });
    assert.ok(seen.least >= least, `${seen.least} were available`);
    assert.ok(seen.most <= highest, `${seen.most} were there`);
  });
}
