/** Whether a Job is over, and how. Upstream: pkg/controller/job/job_controller.go, success_policy.go */
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type { Counts } from './counts.ts';
import { parseIndexes } from './indexes.ts';

export interface Verdict {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** What a Job that is over is told to be while its last Pods stop. */
export const interimType = { Complete: 'SuccessCriteriaMet', Failed: 'FailureTarget' } as const;

/** undefined: not over yet. A verdict once told stands. */
export function verdictOf(job: batchv1.Job, counts: Counts, startTime: string | undefined, now: number): Verdict | undefined {
  const told = (job.status?.conditions ?? []).find(({ type, status }) => status === 'True' && (type === interimType.Complete || type === interimType.Failed));
  if (told) return { type: told.type === interimType.Complete ? 'Complete' : 'Failed', reason: told.reason ?? '', message: told.message ?? '' };
  return failureOf(job, counts, startTime, now) ?? successOf(job, counts);
}

function failureOf({ spec }: batchv1.Job, counts: Counts, startTime: string | undefined, now: number): Verdict | undefined {
  const { backoffLimit = 6, activeDeadlineSeconds, completions, maxFailedIndexes } = spec ?? {};
  if (counts.fatal !== undefined) return failed('PodFailurePolicy', counts.fatal);
  if (counts.failed > backoffLimit || (counts.restarts > 0 && counts.restarts >= Math.max(1, backoffLimit))) return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (activeDeadlineSeconds !== undefined && startTime !== undefined && now - Date.parse(startTime) >= activeDeadlineSeconds * 1000) return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (spec?.backoffLimitPerIndex === undefined || counts.failedIndexes.size === 0) return undefined;
  if (maxFailedIndexes !== undefined && counts.failedIndexes.size > maxFailedIndexes) return failed('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  return counts.failedIndexes.size + counts.indexes.size >= (completions ?? 0) ? failed('FailedIndexes', 'Job has failed indexes') : undefined;
}

function successOf({ spec }: batchv1.Job, counts: Counts): Verdict | undefined {
  const rule = (spec?.successPolicy?.rules ?? []).findIndex((one) => satisfies(one, counts.indexes));
  if (rule >= 0) return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${rule}` };
  const { completions } = spec ?? {};
  const complete = completions === undefined ? counts.succeeded > 0 && counts.active === 0 : counts.succeeded >= completions;
  return complete ? { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
}

function satisfies({ succeededIndexes, succeededCount }: batchv1.SuccessPolicyRule, succeeded: ReadonlySet<number>): boolean {
  const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes);
  const found = wanted === undefined ? succeeded.size : [...wanted].filter((index) => succeeded.has(index)).length;
  return found >= (succeededCount ?? wanted?.size ?? Infinity);
}

const failed = (reason: string, message: string): Verdict => ({ type: 'Failed', reason, message });
