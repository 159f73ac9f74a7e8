/** What a CronJob keeps of the Jobs it started. Upstream: pkg/controller/cronjob/utils.go */
import type * as batchv1 from '../../resources/types/batch-v1.ts';

/** The condition that ended a Job. */
export const endOf = ({ status }: batchv1.Job): batchv1.JobCondition | undefined => (status?.conditions ?? []).find(({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True');

/** Finished Jobs beyond the history limits, oldest first. */
export function surplusHistory(cron: batchv1.CronJob, own: readonly batchv1.Job[]): batchv1.Job[] {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec ?? {};
  const beyond = (type: string, limit: number): batchv1.Job[] => {
    const ended = own.filter((job) => endOf(job)?.type === type).sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1));
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [...beyond('Complete', successfulJobsHistoryLimit), ...beyond('Failed', failedJobsHistoryLimit)];
}
