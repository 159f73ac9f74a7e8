/** ReplicaSets and ReplicationControllers differ in name and in the form of their selector; one controller serves both. */
import { selectLabels, selectorOf, type LabelSelector } from '../../apimachinery/label-selector.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { replicaSets } from '../../resources/apps/replica-set.ts';
import { replicationControllers } from '../../resources/core/replication-controller.ts';
import type { Kind } from '../../resources/definition.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

/** What both kinds have. */
export interface ReplicaOwner extends KubeObject {
  readonly spec?:
    | {
        readonly replicas?: number | undefined;
        readonly minReadySeconds?: number | undefined;
        readonly template?: corev1.PodTemplateSpec | undefined;
      }
    | undefined;
  readonly status?: ReplicaStatus | undefined;
}

export type ReplicaStatus = appsv1.ReplicaSetStatus;

export interface ReplicaKind<T extends ReplicaOwner> {
  readonly kind: Kind<T>;
  /** As the From of its events. */
  readonly component: string;
  readonly selectorOf: (owner: T) => LabelSelector;
  /** Whether the ages of Pods that are too many are compared by order of magnitude, as upstream does, and not as they are. */
  readonly byMagnitude?: boolean;
}

export const replicaSetKind: ReplicaKind<appsv1.ReplicaSet> = {
  kind: replicaSets,
  component: 'replicaset-controller',
  selectorOf: (set) => selectorOf(set.spec?.selector),
};

export const replicationControllerKind: ReplicaKind<corev1.ReplicationController> = {
  kind: replicationControllers,
  component: 'replication-controller',
  selectorOf: ({ spec }) => selectLabels(spec?.selector ?? spec?.template?.metadata?.labels ?? {}),
};
