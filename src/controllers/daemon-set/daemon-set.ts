/**
 * Keeps one Pod of a DaemonSet on every node it is for.
 * Upstream: pkg/controller/daemon/daemon_controller.go
 */
import { asError } from '../../base/errors.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import { objectKey } from '../../apimachinery/object.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { controllerRevisions } from '../../resources/apps/controller-revision.ts';
import { daemonSets } from '../../resources/apps/daemon-set.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { nextAvailability } from '../runtime/availability.ts';
import { claim } from '../runtime/claim.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { Expectations, givenUpAfter } from '../runtime/expectations.ts';
import { currentRevision, pruneRevisions, revisionHash, revisionHashLabel } from '../runtime/history.ts';
import { indexByController, involved } from '../runtime/owners.ts';
import { isNamespaceGoing, PodControl, podFromTemplate } from '../runtime/pod-control.ts';
import { slowStart } from '../runtime/slow-start.ts';
import { watchDependents } from '../runtime/watch-dependents.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { FailureBackoff } from './failure-backoff.ts';
import { nodeOf, tieToNode } from './placement.ts';
import { daemonStatus, planPlacement, planSurge, planUpdate, type DaemonFacts } from './plan.ts';

const component = 'daemonset-controller';
const burst = 250;

export const daemonSetController: ControllerFactory = (context) => {
  const daemons = new DaemonSets(context);
  const controller = new Controller(context, { name: component, reconcile: (key) => daemons.reconcile(key) });
  controller.watch(daemons.sets);
  daemons.sets.addHandler({ deleted: (set) => daemons.forget(set) });
  watchDependents({ controller, dependents: daemons.pods, owners: daemons.sets, selectorOf: ({ spec }) => selectorOf(spec?.selector), expectations: daemons.expectations });
  controller.watchOwned(daemons.revisions, 'DaemonSet');
  const wakeAll = (): void => {
    for (const set of daemons.sets.list()) controller.queue.add(objectKey(set));
  };
  daemons.nodes.addHandler({
    added: wakeAll,
    updated: (node, old) => {
      if (!sameJson(node.metadata.labels, old.metadata.labels) || !sameJson(node.spec?.taints, old.spec?.taints)) wakeAll();
    },
    deleted: wakeAll,
  });
  return running(controller);
};

class DaemonSets {
  readonly sets: Informer<appsv1.DaemonSet>;
  readonly nodes: Informer<corev1.Node>;
  readonly pods: Informer<corev1.Pod>;
  readonly revisions: Informer<appsv1.ControllerRevision>;
  readonly expectations: Expectations;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #control: PodControl<appsv1.DaemonSet>;
  readonly #failures = new FailureBackoff();

  constructor(context: ControllerContext) {
    const { informers } = context;
    this.#context = context;
    this.sets = informers.of(daemonSets);
    this.nodes = informers.of(nodes);
    this.pods = indexByController(informers.of(pods));
    this.revisions = indexByController(informers.of(controllerRevisions));
    this.expectations = new Expectations(context.clock);
    this.#recorder = context.recorder(component);
    this.#control = new PodControl(context.client, this.#recorder, daemonSets);
  }

  forget({ metadata }: appsv1.DaemonSet): void {
    this.#failures.forget(metadata.uid ?? '');
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const set = this.sets.get(key);
    if (!set) {
      this.expectations.forget(key);
      return undefined;
    }
    if (selectorOf(set.spec?.selector).isEverything) {
      this.#recorder.event(involved(daemonSets, set), 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
      return undefined;
    }
    if (set.metadata.deletionTimestamp !== undefined) return undefined;
    if (!this.expectations.satisfied(key)) return { after: givenUpAfter };
    const facts = await this.#factsOf(set);
    const { error, after } = await this.#manage(facts);
    await writeStatus(this.#context.client, daemonSets, set, daemonStatus(facts));
    if (error !== undefined && !isNamespaceGoing(error)) throw asError(error);
    const waits = [after, nextAvailability([...facts.byNode.values()].flat(), set.spec?.minReadySeconds ?? 0, facts.now)].filter((wait) => wait !== undefined);
    return waits.length > 0 ? { after: Math.min(...waits) } : undefined;
  }

  async #factsOf(set: appsv1.DaemonSet): Promise<DaemonFacts> {
    const { client, clock } = this.#context;
    const selector = selectorOf(set.spec?.selector);
    const revisions = await claim({ client, ownerKind: daemonSets, owner: set, selector, informer: this.revisions });
    const current = await currentRevision({ client, kind: daemonSets, owner: set, template: set.spec?.template, collisionCount: set.status?.collisionCount }, revisions);
    const own = await claim({ client, ownerKind: daemonSets, owner: set, selector, informer: this.pods });
    const byNode = new Map<string, corev1.Pod[]>();
    for (const pod of own) {
      const node = nodeOf(pod);
      const there = byNode.get(node);
      if (there) there.push(pod);
      else byNode.set(node, [pod]);
    }
    const inUse = new Set([revisionHash(current), ...own.map(({ metadata }) => metadata.labels?.[revisionHashLabel] ?? '')]);
    await pruneRevisions(client, revisions, (revision) => inUse.has(revisionHash(revision)), set.spec?.revisionHistoryLimit ?? 10);
    return { set, nodes: this.nodes.list(), byNode, hash: revisionHash(current), now: clock.now() };
  }

  async #manage(facts: DaemonFacts): Promise<{ readonly error: Error | undefined; readonly after: number | undefined }> {
    const { set } = facts;
    const { create, remove, failed } = planPlacement(facts);
    const ended = this.#endedPods(set, failed);
    const gone = [...ended.gone, ...remove];
    const errors = [await this.#createPods(set, facts.hash, create.slice(0, burst)), await this.#removePods(set, gone.slice(0, burst))];
    if (create.length + gone.length === 0) errors.push(await this.#removePods(set, planUpdate(facts)), await this.#createPods(set, facts.hash, planSurge(facts).slice(0, burst)));
    return { error: errors.find((error) => error !== undefined), after: ended.after };
  }

  /** Ended Pods that may be removed now, each told of; and when the next failed one may, in ms. */
  #endedPods(set: appsv1.DaemonSet, ended: readonly corev1.Pod[]): { readonly gone: readonly corev1.Pod[]; readonly after: number | undefined } {
    const gone: corev1.Pod[] = [];
    let after: number | undefined;
    for (const pod of ended) {
      const failed = pod.status?.phase === 'Failed';
      const wait = failed ? this.#failures.wait(`${set.metadata.uid ?? ''}/${set.metadata.generation ?? 0}/${nodeOf(pod)}`, this.#context.clock.now()) : 0;
      if (wait > 0) {
        after = Math.min(after ?? wait, wait);
        continue;
      }
      gone.push(pod);
      const { namespace = '', name = '' } = pod.metadata;
      if (failed) this.#recorder.event(involved(daemonSets, set), 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${namespace}/${name} on node ${nodeOf(pod)}, will try to kill it`);
      else this.#recorder.event(involved(daemonSets, set), 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${namespace}/${name} on node ${nodeOf(pod)}, will try to delete it`);
    }
    return { gone, after };
  }

  async #createPods(set: appsv1.DaemonSet, hash: string, on: readonly string[]): Promise<Error | undefined> {
    const key = objectKey(set);
    this.expectations.expectCreations(key, on.length);
    const { error, skipped } = await slowStart(on.length, async (i) => {
      const pod = podFromTemplate(set.spec?.template, daemonSets, set);
      pod.metadata.labels = { ...pod.metadata.labels, [revisionHashLabel]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) };
      tieToNode(pod, on[i] ?? '');
      try {
        await this.#control.create(set, pod);
      } catch (failure) {
        this.expectations.creationObserved(key);
        throw failure;
      }
    });
    for (let i = 0; i < skipped; i++) this.expectations.creationObserved(key);
    return error;
  }

  async #removePods(set: appsv1.DaemonSet, gone: readonly corev1.Pod[]): Promise<Error | undefined> {
    const key = objectKey(set);
    const results = await Promise.allSettled(
      gone.map(async (pod) => {
        this.expectations.expectDeletion(key, pod.metadata.uid ?? '');
        try {
          await this.#control.delete(set, pod);
        } catch (error) {
          this.expectations.deletionObserved(key, pod.metadata.uid ?? '');
          throw error;
        }
      }),
    );
    return results.find((result) => result.status === 'rejected')?.reason as Error | undefined;
  }
}
