/**
 * Rolls Deployments out: one ReplicaSet for each Pod template, the newest growing as the others shrink.
 * Upstream: pkg/controller/deployment/deployment_controller.go, recreate.go, rolling.go
 */
import { messageOf } from '../../base/errors.ts';
import { timestamp } from '../../base/clock.ts';
import { LabelSelector, selectorOf } from '../../apimachinery/label-selector.ts';
import { controllerOf } from '../../apimachinery/object.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { replicaSets } from '../../resources/apps/replica-set.ts';
import { isFinished } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { claim } from '../runtime/claim.ts';
import { findCondition } from '../runtime/conditions.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { controlledBy, indexByController, involved } from '../runtime/owners.ts';
import { isNamespaceGoing } from '../runtime/pod-control.ts';
import { watchDependents } from '../runtime/watch-dependents.ts';
import { updateMerged } from '../runtime/update.ts';
import { writeStatus } from '../runtime/write-status.ts';
import { findNewSet, HashCollision, ReplicaSetControl } from './replica-sets.ts';
import { nextRevision, revisionAnnotation, revisionOf } from './revision.ts';
import { isRolling, newSetSize, oldSetSizes, replicasOf } from './rolling.ts';
import { active, isScalingEvent, scaledSizes } from './scaling.ts';
import { deadlineOf, deploymentStatus, isComplete, setCondition, timeLeft, withProgress, type Now } from './status.ts';

type Set = appsv1.ReplicaSet;
const component = 'deployment-controller';

export const deploymentController: ControllerFactory = (context) => {
  const rollouts = new Rollouts(context);
  const controller = new Controller(context, { name: component, reconcile: (key) => rollouts.reconcile(key) });
  controller.watch(rollouts.deployments);
  watchDependents({ controller, dependents: rollouts.sets, owners: rollouts.deployments, selectorOf: ({ spec }) => selectorOf(spec?.selector) });
  // A Recreate waits until the last old Pod is gone.
  rollouts.pods.addHandler({
    deleted: (pod) => {
      const owner = controllerOf(pod);
      const set = owner?.kind === 'ReplicaSet' ? rollouts.sets.get(`${pod.metadata.namespace ?? ''}/${owner.name}`) : undefined;
      const deployment = set && controllerOf(set);
      if (deployment) controller.queue.add(`${pod.metadata.namespace ?? ''}/${deployment.name}`);
    },
  });
  return running(controller);
};

/** A Deployment in work: its ReplicaSets change as steps are taken. */
interface Rollout {
  readonly deployment: appsv1.Deployment;
  readonly old: readonly Set[];
  readonly newSet: Set | undefined;
}

class Rollouts {
  readonly deployments: Informer<appsv1.Deployment>;
  readonly sets: Informer<Set>;
  readonly pods: Informer<corev1.Pod>;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #control: ReplicaSetControl;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.deployments = context.informers.of(deployments);
    this.sets = indexByController(context.informers.of(replicaSets));
    this.pods = indexByController(context.informers.of(pods));
    this.#recorder = context.recorder(component);
    this.#control = new ReplicaSetControl(context.client, this.#recorder);
  }

  async reconcile(key: string): Promise<ReconcileResult> {
    const found = this.deployments.get(key);
    if (!found) return undefined;
    const selector = selectorOf(found.spec?.selector);
    if (selector.isEverything || selector === LabelSelector.nothing) {
      this.#recorder.event(involved(deployments, found), 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
      return undefined;
    }
    const all = await claim({ client: this.#context.client, ownerKind: deployments, owner: found, selector, informer: this.sets });
    const deployment = await this.#notePause(found);
    const newSet = findNewSet(deployment, all);
    const rollout = { deployment, newSet, old: all.filter((set) => set !== newSet) };
    if (deployment.metadata.deletionTimestamp !== undefined) return this.#writePlainStatus(rollout);
    if (deployment.spec?.paused === true || isScalingEvent(deployment, all)) return this.#resize(rollout);
    return isRolling(deployment) ? this.#roll(rollout) : this.#recreate(rollout);
  }

  /** Sizes ReplicaSets as the Deployment's size says, without rolling on. */
  async #resize(rollout: Rollout): Promise<ReconcileResult> {
    const next = await this.#prepare(rollout, false);
    const { deployment } = next;
    const sizes = scaledSizes(deployment, next.old, next.newSet);
    const resized = await this.#applySizes(next, sizes);
    if (deployment.spec?.paused === true) await this.#control.prune(deployment, resized.old);
    return this.#writePlainStatus(resized);
  }

  async #roll(rollout: Rollout): Promise<ReconcileResult> {
    const next = await this.#prepare(rollout, true);
    const { deployment, newSet, old } = next;
    if (!newSet) return undefined;
    const size = newSetSize(deployment, [...old, newSet], newSet);
    if (size !== replicasOf(newSet)) return this.#writeProgress(await this.#applySizes(next, new Map([[newSet, size]])));
    const sizes = oldSetSizes(deployment, old, newSet);
    if (sizes.size > 0) return this.#writeProgress(await this.#applySizes(next, sizes));
    return this.#finish(next);
  }

  async #recreate(rollout: Rollout): Promise<ReconcileResult> {
    const before = await this.#prepare(rollout, false);
    const running = active(before.old);
    if (running.length > 0) return this.#writeProgress(await this.#applySizes(before, new Map(running.map((set) => [set, 0]))));
    if (before.old.some((set) => this.#hasPods(set))) return this.#writeProgress(before);
    const next = await this.#prepare(before, true);
    const { deployment, newSet } = next;
    if (newSet && replicasOf(newSet) !== replicasOf(deployment)) return this.#writeProgress(await this.#applySizes(next, new Map([[newSet, replicasOf(deployment)]])));
    return this.#finish(next);
  }

  #hasPods(set: Set): boolean {
    return (set.status?.replicas ?? 0) > 0 || controlledBy(this.pods, set.metadata.uid).some((pod) => !isFinished(pod));
  }

  async #finish(rollout: Rollout): Promise<ReconcileResult> {
    if (isComplete(rollout.deployment, rollout.deployment.status ?? {})) await this.#control.prune(rollout.deployment, rollout.old);
    return this.#writeProgress(rollout);
  }

  /** Brings revisions up to date and makes the new ReplicaSet where `create` asks for it. */
  async #prepare(rollout: Rollout, create: boolean): Promise<Rollout> {
    const { deployment, old } = rollout;
    const revision = nextRevision(old);
    if (rollout.newSet) {
      const newSet = await this.#control.refresh(deployment, rollout.newSet, revision);
      return { old, newSet, deployment: await this.#noteRevision(deployment, Math.max(revision, revisionOf(newSet)), newSet, 'FoundNewReplicaSet', 'Found new replica set') };
    }
    if (!create) return rollout;
    try {
      const newSet = await this.#control.create(deployment, old, revision);
      return { old, newSet, deployment: await this.#noteRevision(deployment, revision, newSet, 'NewReplicaSetCreated', 'Created new replica set') };
    } catch (error) {
      await this.#noteFailure(deployment, error);
      throw error;
    }
  }

  async #noteRevision(deployment: appsv1.Deployment, revision: number, newSet: Set, reason: string, what: string): Promise<appsv1.Deployment> {
    const { client, clock } = this.#context;
    const { annotations } = deployment.metadata;
    let next = deployment;
    if (annotations?.[revisionAnnotation] !== String(revision)) {
      next = await updateMerged(client, deployments, deployment, { metadata: { annotations: { [revisionAnnotation]: String(revision) } } });
    }
    const fresh = reason === 'NewReplicaSetCreated' || findCondition(next.status?.conditions, 'Progressing') === undefined;
    if (!fresh || deadlineOf(next) === undefined) return next;
    const condition = { type: 'Progressing', status: 'True', reason, message: `${what} "${newSet.metadata.name ?? ''}"` };
    return writeStatus(client, deployments, next, { ...next.status, conditions: setCondition(next.status?.conditions, condition, timestamp(clock.now())) });
  }

  async #noteFailure(deployment: appsv1.Deployment, error: unknown): Promise<void> {
    const { client, clock } = this.#context;
    if (error instanceof HashCollision) {
      await writeStatus(client, deployments, deployment, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 });
      return;
    }
    if (isNamespaceGoing(error)) return;
    const message = `Failed to create new replica set "${deployment.metadata.name ?? ''}": ${messageOf(error)}`;
    this.#recorder.event(involved(deployments, deployment), 'Warning', 'ReplicaSetCreateError', message);
    if (deadlineOf(deployment) === undefined) return;
    const condition = { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message };
    await writeStatus(client, deployments, deployment, { ...deployment.status, conditions: setCondition(deployment.status?.conditions, condition, timestamp(clock.now())) });
  }

  /** A pause stops the clock of the progress deadline. */
  async #notePause(deployment: appsv1.Deployment): Promise<appsv1.Deployment> {
    if (deadlineOf(deployment) === undefined || deployment.metadata.deletionTimestamp !== undefined) return deployment;
    const current = findCondition(deployment.status?.conditions, 'Progressing');
    if (current?.reason === 'ProgressDeadlineExceeded') return deployment;
    const paused = deployment.spec?.paused === true;
    if (paused === (current?.reason === 'DeploymentPaused')) return deployment;
    const condition = paused
      ? { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' }
      : { type: 'Progressing', status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' };
    const conditions = setCondition(deployment.status?.conditions, condition, timestamp(this.#context.clock.now()));
    return writeStatus(this.#context.client, deployments, deployment, { ...deployment.status, conditions });
  }

  async #applySizes(rollout: Rollout, sizes: ReadonlyMap<Set, number>): Promise<Rollout> {
    const sized = async (set: Set): Promise<Set> => {
      const size = sizes.get(set);
      return size === undefined ? set : this.#control.scale(rollout.deployment, set, size);
    };
    const { deployment, newSet, old } = rollout;
    return { deployment, newSet: newSet && (await sized(newSet)), old: await Promise.all(old.map(sized)) };
  }

  async #writePlainStatus(rollout: Rollout): Promise<undefined> {
    await writeStatus(this.#context.client, deployments, rollout.deployment, deploymentStatus(rollout.deployment, allOf(rollout), rollout.newSet, this.#now()));
  }

  async #writeProgress(rollout: Rollout): Promise<ReconcileResult> {
    const { deployment, newSet } = rollout;
    const now = this.#now();
    const status = withProgress(deployment, deploymentStatus(deployment, allOf(rollout), newSet, now), allOf(rollout), newSet, now);
    await writeStatus(this.#context.client, deployments, deployment, status);
    if (isComplete(deployment, status)) return undefined;
    const left = timeLeft(deployment, findCondition(status.conditions, 'Progressing'), now.ms);
    return left > 0 && left !== Infinity ? { after: left } : undefined;
  }

  #now(): Now {
    const ms = this.#context.clock.now();
    return { ms, text: timestamp(ms) };
  }
}

const allOf = ({ old, newSet }: Rollout): readonly Set[] => (newSet ? [...old, newSet] : old);
