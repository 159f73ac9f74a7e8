/**
 * The status of a ReplicaSet or ReplicationController from the Pods it has.
 * Upstream: pkg/controller/replicaset/replica_set_utils.go
 */
import { messageOf } from '../../base/errors.ts';
import { isActive, isAvailable, isFinished, isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { withCondition, withoutCondition } from '../runtime/conditions.ts';
import type { ReplicaOwner, ReplicaStatus } from './replica-kind.ts';

export interface ManageFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly error: unknown;
}

/** `pods`: all that are claimed, also those finished or going. `now` in ms and as a timestamp. */
export function replicaStatus(owner: ReplicaOwner, pods: readonly corev1.Pod[], failure: ManageFailure | undefined, now: { readonly ms: number; readonly text: string }): ReplicaStatus {
  const { minReadySeconds = 0, template } = owner.spec ?? {};
  const labels = Object.entries(template?.metadata?.labels ?? {});
  const active = pods.filter(isActive);
  const counted = (test: (pod: corev1.Pod) => boolean): number | undefined => active.filter(test).length || undefined;
  const conditions = failure
    ? withCondition(owner.status?.conditions, { type: 'ReplicaFailure', status: 'True', reason: failure.reason, message: messageOf(failure.error) }, now.text)
    : withoutCondition(owner.status?.conditions, 'ReplicaFailure');
  return {
    replicas: active.length,
    fullyLabeledReplicas: counted((pod) => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)),
    readyReplicas: counted(isReady),
    availableReplicas: counted((pod) => isAvailable(pod, minReadySeconds, now.ms)),
    ...(owner.status?.terminatingReplicas === undefined && !pods.some(isTerminating) ? {} : { terminatingReplicas: pods.filter((pod) => isTerminating(pod) && !isFinished(pod)).length }),
    observedGeneration: owner.metadata.generation,
    conditions: conditions.length > 0 ? conditions : undefined,
  };
}
