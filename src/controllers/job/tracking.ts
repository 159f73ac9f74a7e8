/**
 * Every Pod of a Job carries a finalizer until the Job's status has counted it, so that none is missed and none counted twice, even
 * where a Pod or this process goes at the wrong moment. Pods that are to be counted are first named in the status, then let go, then
 * added to its numbers.
 * Upstream: pkg/controller/job/tracking_utils.go, job_controller.go (trackJobStatusAndRemoveFinalizers)
 */
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

const carriesFinalizer = ({ metadata }: corev1.Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) === true;

/** Knows which Pods still wait to be counted, even where the informer is behind, and lets them go. */
export class PodTracking {
  readonly #client: ApiClient;
  /** Pods let go that the informer still shows with the finalizer. */
  readonly #letGo = new Set<string>();

  constructor(client: ApiClient, informer: Informer<corev1.Pod>) {
    this.#client = client;
    const seen = (pod: corev1.Pod): void => {
      if (!carriesFinalizer(pod)) this.#letGo.delete(pod.metadata.uid ?? '');
    };
    informer.addHandler({ updated: seen, deleted: (pod) => this.#letGo.delete(pod.metadata.uid ?? '') });
  }

  isTracked(pod: corev1.Pod): boolean {
    return carriesFinalizer(pod) && !this.#letGo.has(pod.metadata.uid ?? '');
  }

  /** Takes the finalizer off. A Pod that is gone was let go by someone else. */
  async letGo(pod: corev1.Pod): Promise<void> {
    if (!this.isTracked(pod)) return;
    const { name = '', namespace, uid = '' } = pod.metadata;
    this.#letGo.add(uid);
    try {
      await this.#client.of(pods).namespace(namespace).patch(name, 'strategic', { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] } });
    } catch (error) {
      this.#letGo.delete(uid);
      if (!isNotFound(error)) throw error;
    }
  }
}

/** With podReplacementPolicy Failed a Pod has failed once it has stopped; else as soon as its deletion begins. */
export function hasFailed(pod: corev1.Pod, job: batchv1.Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return job.spec?.podReplacementPolicy !== 'Failed' && isTerminating(pod) && pod.status?.phase !== 'Succeeded';
}

/** Pods named in the status that its numbers do not have yet. */
export interface Uncounted {
  readonly succeeded: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
}

export function uncountedOf({ status }: batchv1.Job): Uncounted {
  const { succeeded, failed } = status?.uncountedTerminatedPods ?? {};
  return { succeeded: new Set(succeeded), failed: new Set(failed) };
}
