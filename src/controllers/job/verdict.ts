/** Whether a Job is over, and how. Upstream: pkg/controller/job/job_controller.go */
import type * as batchv1 from '../../resources/types/batch-v1.ts';

export interface Counts {
  readonly succeeded: number;
  readonly failed: number;
  /** Container restarts, where Pods restart their containers themselves. */
  readonly restarts: number;
  readonly active: number;
  readonly indexes: ReadonlySet<number>;
}

export interface Verdict {
  readonly type: 'Complete' | 'Failed';
  readonly conditions: readonly batchv1.JobCondition[];
  readonly event: { readonly reason: string; readonly message: string };
}

/** undefined: not over yet. */
export function verdictOf(job: batchv1.Job, counts: Counts, startTime: string | undefined, now: number): Verdict | undefined {
  const { backoffLimit = 6, activeDeadlineSeconds, completions } = job.spec ?? {};
  if (counts.failed > backoffLimit || (counts.restarts > 0 && counts.restarts >= Math.max(1, backoffLimit))) return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (activeDeadlineSeconds !== undefined && startTime !== undefined && now - Date.parse(startTime) >= activeDeadlineSeconds * 1000) return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  const complete = completions === undefined ? counts.succeeded > 0 && counts.active === 0 : counts.succeeded >= completions;
  if (!complete) return undefined;
  const why = { status: 'True', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
  return { type: 'Complete', conditions: [{ type: 'SuccessCriteriaMet', ...why }, { type: 'Complete', ...why }], event: { reason: 'Completed', message: 'Job completed' } };
}

function failed(reason: string, message: string): Verdict {
  const why = { status: 'True', reason, message };
  return { type: 'Failed', conditions: [{ type: 'FailureTarget', ...why }, { type: 'Failed', ...why }], event: { reason, message } };
}
