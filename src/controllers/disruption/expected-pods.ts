/**
 * How many Pods there should be: the sizes of the workloads that control them.
 * Upstream: pkg/controller/disruption/disruption.go (getExpectedScale)
 */
import { controllerOf, type OwnerReference } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import { deployments } from '../../resources/apps/deployment.ts';
import { replicaSets } from '../../resources/apps/replica-set.ts';
import { statefulSets } from '../../resources/apps/stateful-set.ts';
import { replicationControllers } from '../../resources/core/replication-controller.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { isMissing, type Scales } from '../runtime/scales.ts';

/** What a workload with Pods has. */
type Workload = appsv1.Deployment | appsv1.ReplicaSet | appsv1.StatefulSet | corev1.ReplicationController;

export interface Expected {
  readonly count: number;
  /** Names of Pods that no workload controls: they are not counted. */
  readonly unmanaged: readonly string[];
}

export class ExpectedPods {
  readonly workloads: readonly Informer<Workload>[];
  readonly #scales: Scales;
  readonly #replicaSets: Informer<appsv1.ReplicaSet>;
  readonly #deployments: Informer<appsv1.Deployment>;
  readonly #byKind: ReadonlyMap<string, Informer<Workload>>;

  constructor(informers: Informers, scales: Scales) {
    this.#scales = scales;
    this.#replicaSets = informers.of(replicaSets);
    this.#deployments = informers.of(deployments);
    const others = [informers.of(statefulSets), informers.of(replicationControllers)];
    this.workloads = [this.#replicaSets, this.#deployments, ...others] as unknown as readonly Informer<Workload>[];
    this.#byKind = new Map(this.workloads.map((informer) => [informer.kind.kind, informer]));
  }

  /** Throws when a Pod's controller has no size. */
  async of(pods: readonly corev1.Pod[]): Promise<Expected> {
    const unmanaged: string[] = [];
    const sizes = new Map<string, number>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      const { namespace = '', name = '' } = pod.metadata;
      if (!owner) unmanaged.push(name);
      else if (!sizes.has(owner.uid)) await this.#measure(owner, namespace, name, sizes);
    }
    return { count: [...sizes.values()].reduce((sum, size) => sum + size, 0), unmanaged };
  }

  async #measure(owner: OwnerReference, namespace: string, pod: string, sizes: Map<string, number>): Promise<void> {
    const found = this.#byKind.get(owner.kind)?.get(`${namespace}/${owner.name}`);
    if (found && found.metadata.uid === owner.uid) {
      const parent = owner.kind === 'ReplicaSet' ? controllerOf(found) : undefined;
      const deployment = parent?.kind === 'Deployment' ? this.#deployments.get(`${namespace}/${parent.name}`) : undefined;
      // The ReplicaSets of one Deployment share its size.
      sizes.set(owner.uid, 0);
      if (deployment) sizes.set(deployment.metadata.uid ?? '', deployment.spec?.replicas ?? 1);
      else sizes.set(owner.uid, found.spec?.replicas ?? 1);
      return;
    }
    try {
      sizes.set(owner.uid, (await this.#scales.get(owner, namespace)).spec?.replicas ?? 0);
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new Error(`found no controllers for pod "${pod}"`, { cause: error });
    }
  }
}
