import { defineKind, typedKind } from '../define.ts';
import type * as batchv1 from '../types/batch-v1.ts';

export const jobDefinition = defineKind<batchv1.Job>({
  group: 'batch',
  kind: 'Job',
  plural: 'jobs',
  namespaced: true,
  categories: ['all'],
  status: true,
});

export const jobs = typedKind<batchv1.Job>(jobDefinition);
