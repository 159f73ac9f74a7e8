import { defineKind, typedKind } from '../define.ts';
import type * as batchv1 from '../types/batch-v1.ts';

export const cronJobDefinition = defineKind<batchv1.CronJob>({
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  namespaced: true,
  shortNames: ['cj'],
  categories: ['all'],
  status: true,
});

export const cronJobs = typedKind<batchv1.CronJob>(cronJobDefinition);
