/** Defaults of Jobs and of the Jobs that CronJobs make. Upstream: pkg/apis/batch/v1/defaults.go */
import type { Draft } from '../../apimachinery/object.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import type * as batchv1 from '../types/batch-v1.ts';

export function defaultJobSpec(spec: Draft<batchv1.JobSpec>): void {
  // Neither given: one Pod, once. Completions stay open when only parallelism is given: a work queue.
  if (spec.completions === undefined && spec.parallelism === undefined) {
    spec.completions = 1;
    spec.parallelism = 1;
  }
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1;
  spec.completionMode ||= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  defaultPodTemplate(spec.template);
}
