import { defineKind, typedKind } from '../define.ts';
import type * as policyv1 from '../types/policy-v1.ts';

export const podDisruptionBudgetDefinition = defineKind<policyv1.PodDisruptionBudget>({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
  shortNames: ['pdb'],
  status: true,
});

export const podDisruptionBudgets = typedKind<policyv1.PodDisruptionBudget>(podDisruptionBudgetDefinition);
