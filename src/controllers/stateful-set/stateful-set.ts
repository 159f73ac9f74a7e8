/**
 * Keeps the numbered Pods of a StatefulSet and their claims.
 * Upstream: pkg/controller/statefulset/stateful_set.go, stateful_set_control.go
 */
import { asError } from '../../base/errors.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { controllerRevisions } from '../../resources/apps/controller-revision.ts';
import { statefulSets } from '../../resources/apps/stateful-set.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { isActive } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { nextAvailability } from '../runtime/availability.ts';
import { claim } from '../runtime/claim.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { Expectations, givenUpAfter } from '../runtime/expectations.ts';
import { currentRevision, pruneRevisions, type Revision } from '../runtime/history.ts';
import { controlledBy, indexByController, involved } from '../runtime/owners.ts';
import { isNamespaceGoing } from '../runtime/pod-control.ts';
import { slowStart } from '../runtime/slow-start.ts';
import { watchDependents } from '../runtime/watch-dependents.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { isMember, nameOf, parentAndOrdinal, revisionNameOf } from './identity.ts';
import { planSet, setStatus, surplusPods, type SetFacts, type SetPlan } from './plan.ts';
import { StatefulPodWriter } from './pod-writer.ts';

const component = 'statefulset-controller';
/** On revisions: the hash of their template. Pods carry the revision's name instead. */
const hashLabel = 'controller.kubernetes.io/hash';

export const statefulSetController: ControllerFactory = (context) => {
  const stateful = new StatefulSets(context);
  const controller = new Controller(context, { name: component, reconcile: (key) => stateful.reconcile(key) });
  controller.watch(stateful.sets);
  watchDependents({ controller, dependents: stateful.pods, owners: stateful.sets, selectorOf: ({ spec }) => selectorOf(spec?.selector), expectations: stateful.expectations });
  controller.watchOwned(stateful.revisions, 'StatefulSet');
  // A Pod of an earlier set of the same name may stand in the way of a new one: once it is gone, there is room.
  stateful.pods.addHandler({
    deleted: (pod) => {
      const place = parentAndOrdinal(pod);
      if (place) controller.queue.add(`${pod.metadata.namespace ?? ''}/${place.parent}`);
    },
  });
  return running(controller);
};

class StatefulSets {
  readonly sets: Informer<appsv1.StatefulSet>;
  readonly pods: Informer<corev1.Pod>;
  readonly revisions: Informer<Revision>;
  readonly expectations: Expectations;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #writer: StatefulPodWriter;

  constructor(context: ControllerContext) {
    const { informers, client, clock } = context;
    this.#context = context;
    this.sets = informers.of(statefulSets);
    this.pods = indexByController(informers.of(pods));
    this.revisions = indexByController(informers.of(controllerRevisions));
    this.expectations = new Expectations(clock);
    this.#recorder = context.recorder(component);
    this.#writer = new StatefulPodWriter(client, this.#recorder, informers.of(persistentVolumeClaims));
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const { client, clock } = this.#context;
    const set = this.sets.get(key);
    if (!set) {
      this.expectations.forget(key);
      return undefined;
    }
    if (!this.expectations.satisfied(key)) return { after: givenUpAfter };
    const facts = await this.#factsOf(set);
    const plan = planSet(facts);
    const error = await this.#carryOut(key, facts, plan);
    const written = await writeStatus(client, statefulSets, set, setStatus(facts));
    await this.#prune({ ...facts, set: written });
    if (error !== undefined && !isNamespaceGoing(error)) throw asError(error);
    const wait = nextAvailability(facts.pods, set.spec?.minReadySeconds ?? 0, clock.now());
    return wait === undefined ? undefined : { after: wait };
  }

  async #factsOf(set: appsv1.StatefulSet): Promise<SetFacts> {
    const { client, clock } = this.#context;
    const selector = selectorOf(set.spec?.selector);
    const revisions = await claim({ client, ownerKind: statefulSets, owner: set, selector, informer: this.revisions });
    const update = await currentRevision({ client, kind: statefulSets, owner: set, template: set.spec?.template, collisionCount: set.status?.collisionCount, hashLabel }, revisions);
    const current = revisions.find((revision) => nameOf(revision) === set.status?.currentRevision) ?? update;
    const own = await claim({ client, ownerKind: statefulSets, owner: set, selector, informer: this.pods, adoptable: (pod) => isMember(set, pod) });
    return { set, pods: own.filter((pod) => isMember(set, pod)), current, update, now: clock.now() };
  }

  /** Returns the first failure. */
  async #carryOut(key: string, { set, pods: own }: SetFacts, plan: SetPlan): Promise<Error | undefined> {
    if (set.metadata.deletionTimestamp !== undefined) return undefined;
    for (const pod of plan.ended) {
      const [type, reason, what] = pod.status?.phase === 'Failed' ? (['Warning', 'RecreatingFailedPod', 'failed'] as const) : (['Normal', 'RecreatingTerminatedPod', 'terminated'] as const);
      this.#recorder.event(involved(statefulSets, set), type, reason, `StatefulSet ${set.metadata.namespace ?? ''}/${nameOf(set)} is recreating ${what} Pod ${nameOf(pod)}`);
    }
    const surplus = new Set(surplusPods({ set, pods: own }));
    const results = await Promise.allSettled([
      ...own.filter(isActive).map((pod) => this.#writer.repair(set, pod, surplus.has(pod))),
      this.#create(key, set, plan.create),
      ...[...plan.ended, ...plan.outdated].map((pod) => this.#delete(key, set, pod, false)),
      ...plan.surplus.map((pod) => this.#delete(key, set, pod, true)),
    ]);
    return results.find((result) => result.status === 'rejected')?.reason as Error | undefined;
  }

  async #create(key: string, set: appsv1.StatefulSet, wanted: SetPlan['create']): Promise<void> {
    this.expectations.expectCreations(key, wanted.length);
    const { skipped, error } = await slowStart(wanted.length, async (i) => {
      const next = wanted[i];
      if (!next) return;
      try {
        await this.#writer.create(set, next.revision, next.ordinal);
      } catch (failure) {
        this.expectations.creationObserved(key);
        throw failure;
      }
    });
    for (let i = 0; i < skipped; i++) this.expectations.creationObserved(key);
    if (error !== undefined) throw asError(error);
  }

  async #delete(key: string, set: appsv1.StatefulSet, pod: corev1.Pod, surplus: boolean): Promise<void> {
    this.expectations.expectDeletion(key, pod.metadata.uid ?? '');
    try {
      await this.#writer.delete(set, pod, surplus);
    } catch (failure) {
      this.expectations.deletionObserved(key, pod.metadata.uid ?? '');
      throw failure;
    }
  }

  async #prune({ set, pods: own, current, update }: SetFacts): Promise<void> {
    const inUse = new Set([nameOf(current), nameOf(update), set.status?.currentRevision, ...own.map(revisionNameOf)]);
    const revisions = controlledBy(this.revisions, set.metadata.uid);
    await pruneRevisions(this.#context.client, revisions, (revision) => inUse.has(nameOf(revision)), set.spec?.revisionHistoryLimit ?? 10);
  }
}
