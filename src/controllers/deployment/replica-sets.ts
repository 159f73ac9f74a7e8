/**
 * The ReplicaSets of a Deployment: finding the one of today's template, making it, sizing and pruning them.
 * Upstream: pkg/controller/deployment/sync.go
 */
import { draft } from '../../apimachinery/object.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import { controllerOf } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { podTemplateHash, podTemplateHashLabel } from '../../resources/apps/pod-template-hash.ts';
import { replicaSets } from '../../resources/apps/replica-set.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { controllerReference, involved } from '../runtime/owners.ts';
import { desiredAnnotation, maxAnnotation, newSetAnnotations, revisionOf, scaleAnnotations } from './revision.ts';
import { byAge, newSetSize, replicasOf } from './rolling.ts';

type Set = appsv1.ReplicaSet;

/** Two templates had one hash; another hash will be tried. */
export class HashCollision extends Error {
  constructor(name: string) {
    super(`the name ${name} is taken by another template`);
    this.name = 'HashCollision';
  }
}

/** The oldest ReplicaSet whose template is the Deployment's. */
export function findNewSet(deployment: appsv1.Deployment, sets: readonly Set[]): Set | undefined {
  const wanted = plain(deployment.spec?.template);
  return sets.filter((set) => sameJson(plain(set.spec?.template), wanted)).sort(byAge)[0];
}

/** A template without the hash label. */
function plain(template: corev1.PodTemplateSpec | undefined): unknown {
  const { [podTemplateHashLabel]: _hash, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
}

export class ReplicaSetControl {
  readonly #client: ApiClient;
  readonly #recorder: EventRecorder;

  constructor(client: ApiClient, recorder: EventRecorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  /** Makes the ReplicaSet of today's template, at the size it may have now. Throws HashCollision. */
  async create(deployment: appsv1.Deployment, old: readonly Set[], revision: number): Promise<Set> {
    const { name = '', namespace } = deployment.metadata;
    const { template, selector, minReadySeconds } = deployment.spec ?? {};
    const hash = podTemplateHash(template ?? {}, deployment.status?.collisionCount);
    const labels = { ...template?.metadata?.labels, [podTemplateHashLabel]: hash };
    const replicas = newSetSize(deployment, old, undefined);
    const set: Set = {
      metadata: { name: `${name}-${hash}`, namespace, labels, annotations: newSetAnnotations(deployment, undefined, revision), ownerReferences: [controllerReference(deployments, deployment)] },
      spec: {
        replicas,
        ...(minReadySeconds ? { minReadySeconds } : {}),
        selector: { ...selector, matchLabels: { ...selector?.matchLabels, [podTemplateHashLabel]: hash } },
        template: { ...template, metadata: { ...template?.metadata, labels } },
      },
    };
    try {
      const created = await this.#client.of(replicaSets).namespace(namespace).create(draft(set));
      if (replicas > 0) this.#scaled(deployment, created, 0, replicas);
      return created;
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const taken = await this.#client.of(replicaSets).namespace(namespace).get(`${name}-${hash}`);
      if (controllerOf(taken)?.uid === deployment.metadata.uid && findNewSet(deployment, [taken])) return taken;
      throw new HashCollision(`${name}-${hash}`);
    }
  }

  /** Brings the annotations and minReadySeconds of the ReplicaSet in force up to date. */
  async refresh(deployment: appsv1.Deployment, set: Set, revision: number): Promise<Set> {
    const annotations = newSetAnnotations(deployment, set, revision);
    const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
    if (sameJson(annotations, set.metadata.annotations ?? {}) && minReadySeconds === (set.spec?.minReadySeconds ?? 0)) return set;
    return this.#patch(set, { metadata: { annotations }, spec: { minReadySeconds } });
  }

  /** Sizes a ReplicaSet, with the Deployment's size noted on it. Returns it as it is then. */
  async scale(deployment: appsv1.Deployment, set: Set, replicas: number): Promise<Set> {
    const annotations = scaleAnnotations(deployment);
    const before = replicasOf(set);
    const noted = [desiredAnnotation, maxAnnotation].every((key) => set.metadata.annotations?.[key] === annotations[key]);
    if (before === replicas && noted) return set;
    const next = await this.#patch(set, { metadata: { annotations }, spec: { replicas } });
    if (before !== replicas) this.#scaled(deployment, set, before, replicas);
    return next;
  }

  /** Deletes the oldest of the ReplicaSets that are kept for going back to, beyond the limit. */
  async prune(deployment: appsv1.Deployment, old: readonly Set[]): Promise<void> {
    const limit = deployment.spec?.revisionHistoryLimit ?? Infinity;
    const kept = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined).sort((a, b) => revisionOf(a) - revisionOf(b) || byAge(a, b));
    for (const set of kept.slice(0, Math.max(0, kept.length - limit))) {
      const { name = '', namespace, uid, generation = 0 } = set.metadata;
      if ((set.status?.replicas ?? 0) !== 0 || replicasOf(set) !== 0 || generation > (set.status?.observedGeneration ?? 0)) continue;
      await this.#client.of(replicaSets).namespace(namespace).delete(name, { preconditions: { uid } }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
  }

  #patch(set: Set, { metadata, spec }: { metadata: object; spec: object }): Promise<Set> {
    const { name = '', namespace, uid, resourceVersion } = set.metadata;
    return this.#client.of(replicaSets).namespace(namespace).patch(name, 'merge', { metadata: { ...metadata, uid, resourceVersion }, spec });
  }

  #scaled(deployment: appsv1.Deployment, set: Set, from: number, to: number): void {
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${set.metadata.name ?? ''} from ${from} to ${to}`;
    this.#recorder.event(involved(deployments, deployment), 'Normal', 'ScalingReplicaSet', message);
  }
}
