/**
 * Keeps as many Pods of a ReplicaSet or ReplicationController as it asks for.
 * Upstream: pkg/controller/replicaset/replica_set.go, pkg/controller/replication
 */
import { timestamp } from '../../base/clock.ts';
import { controllerOf, objectKey } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import { isActive, isFinished } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { nextAvailability } from '../runtime/availability.ts';
import { claim } from '../runtime/claim.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { Expectations, givenUpAfter } from '../runtime/expectations.ts';
import { controlledBy, indexByController } from '../runtime/owners.ts';
import { isNamespaceGoing, PodControl, podFromTemplate } from '../runtime/pod-control.ts';
import { slowStart } from '../runtime/slow-start.ts';
import { watchDependents } from '../runtime/watch-dependents.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { replicaSetKind, replicationControllerKind, type ReplicaKind, type ReplicaOwner } from './replica-kind.ts';
import { replicaStatus, type ManageFailure } from './status.ts';
import { byMagnitude, surplusPods } from '../runtime/surplus.ts';

/** Pods made or deleted in one reconcile, at most. */
const burst = 500;

export const replicaSetController: ControllerFactory = (context) => replicaController(context, replicaSetKind);
export const replicationControllerController: ControllerFactory = (context) => replicaController(context, replicationControllerKind);

/** The controllers of both kinds, for whom the ages of surplus Pods count by order of magnitude only. */
export const controllersByMagnitude: readonly ControllerFactory[] = [
  (context) => replicaController(context, { ...replicaSetKind, byMagnitude: true }),
  (context) => replicaController(context, { ...replicationControllerKind, byMagnitude: true }),
];

function replicaController<T extends ReplicaOwner>(context: ControllerContext, of: ReplicaKind<T>): ReturnType<ControllerFactory> {
  const replicas = new Replicas(context, of);
  const controller = new Controller(context, { name: of.component, workers: 5, reconcile: (key) => replicas.reconcile(key) });
  controller.watch(replicas.owners);
  watchDependents({ controller, dependents: replicas.pods, owners: replicas.owners, selectorOf: of.selectorOf, expectations: replicas.expectations });
  return running(controller);
}

class Replicas<T extends ReplicaOwner> {
  readonly owners: Informer<T>;
  readonly pods: Informer<corev1.Pod>;
  readonly expectations: Expectations;
  readonly #context: ControllerContext;
  readonly #of: ReplicaKind<T>;
  readonly #control: PodControl<T>;

  constructor(context: ControllerContext, of: ReplicaKind<T>) {
    this.#context = context;
    this.#of = of;
    this.owners = indexByController(context.informers.of(of.kind));
    this.pods = indexByController(context.informers.of(pods));
    this.expectations = new Expectations(context.clock);
    this.#control = new PodControl(context.client, context.recorder(of.component), of.kind);
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const { client, clock } = this.#context;
    const owner = this.owners.get(key);
    if (!owner) {
      this.expectations.forget(key);
      return undefined;
    }
    // Each Pod still to be seen wakes this key again; until then the picture is known to be old, and not worth a status.
    if (!this.expectations.satisfied(key)) return { after: givenUpAfter };
    const claimed = await claim({ client, ownerKind: this.#of.kind, owner, selector: this.#of.selectorOf(owner), informer: this.pods, adoptable: (pod) => !isFinished(pod) });
    const failure = owner.metadata.deletionTimestamp === undefined ? await this.#manage(owner, claimed.filter(isActive)) : undefined;
    if (failure === 'changed') return { after: givenUpAfter };
    const now = clock.now();
    const status = replicaStatus(owner, claimed, failure, { ms: now, text: timestamp(now) });
    await writeStatus(client, this.#of.kind, owner, status);
    if (failure && !isNamespaceGoing(failure.error)) throw failure.error;
    const wait = nextAvailability(claimed, owner.spec?.minReadySeconds ?? 0, now);
    return wait === undefined ? undefined : { after: wait };
  }

  /** undefined: there are as many Pods as there should be. */
  async #manage(owner: T, active: readonly corev1.Pod[]): Promise<ManageFailure | 'changed' | undefined> {
    const missing = (owner.spec?.replicas ?? 1) - active.length;
    if (missing === 0) return undefined;
    const failure = missing > 0 ? await this.#create(owner, Math.min(missing, burst)) : await this.#delete(owner, active, Math.min(-missing, burst));
    return failure ?? 'changed';
  }

  async #create(owner: T, count: number): Promise<ManageFailure | undefined> {
    const key = objectKey(owner);
    this.expectations.expectCreations(key, count);
    const { skipped, error } = await slowStart(count, async () => {
      try {
        await this.#control.create(owner, podFromTemplate(owner.spec?.template, this.#of.kind, owner));
      } catch (failure) {
        this.expectations.creationObserved(key);
        throw failure;
      }
    });
    for (let i = 0; i < skipped; i++) this.expectations.creationObserved(key);
    return error === undefined ? undefined : { reason: 'FailedCreate', error };
  }

  async #delete(owner: T, active: readonly corev1.Pod[], count: number): Promise<ManageFailure | undefined> {
    const key = objectKey(owner);
    const surplus = surplusPods(active, this.#related(owner, active), count, this.#of.byMagnitude ? byMagnitude(this.#context.clock.now()) : undefined);
    for (const pod of surplus) this.expectations.expectDeletion(key, pod.metadata.uid ?? '');
    const results = await Promise.allSettled(
      surplus.map(async (pod) => {
        try {
          await this.#control.delete(owner, pod);
        } catch (failure) {
          this.expectations.deletionObserved(key, pod.metadata.uid ?? '');
          throw failure;
        }
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    return failed === undefined ? undefined : { reason: 'FailedDelete', error: failed.reason };
  }

  /** The active Pods of all owners that share this one's controller (the ReplicaSets of one Deployment). */
  #related(owner: T, active: readonly corev1.Pod[]): readonly corev1.Pod[] {
    const parent = controllerOf(owner);
    if (!parent) return active;
    return controlledBy(this.owners, parent.uid).flatMap((sibling) => controlledBy(this.pods, sibling.metadata.uid).filter(isActive));
  }
}
