/** PodDisruptionBudgets. Upstream: pkg/apis/policy/validation */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, integer, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type { RequestFacts } from '../definition.ts';
import { retired } from '../deprecation.ts';
import { validateAtMostWhole, validateIntOrPercent } from '../int-or-percent.ts';
import type * as policyv1 from '../types/policy-v1.ts';
import { validateConditions } from '../validation/conditions.ts';
import { atLeastZero, supportedOnly } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';

const spec = FieldPath.of('spec');

function validate({ spec: given }: policyv1.PodDisruptionBudget): FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = given ?? {};
  return [
    ...(minAvailable !== undefined && maxUnavailable !== undefined ? [invalid(spec, given, 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...validateIntOrPercent(minAvailable, spec.child('minAvailable')),
    ...validateAtMostWhole(minAvailable, spec.child('minAvailable')),
    ...validateIntOrPercent(maxUnavailable, spec.child('maxUnavailable')),
    ...validateAtMostWhole(maxUnavailable, spec.child('maxUnavailable')),
    ...supportedOnly(spec.child('unhealthyPodEvictionPolicy'), unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget']),
    ...validateLabelSelector(selector, spec.child('selector')),
  ];
}

/** v1beta1 had no rules for the numbers. */
function validateStatus({ status }: policyv1.PodDisruptionBudget, { apiVersion }: RequestFacts): FieldError[] {
  const at = FieldPath.of('status');
  const errors = validateConditions(status?.conditions, at.child('conditions'));
  if (apiVersion === 'policy/v1beta1') return errors;
  return [
    ...errors,
    ...(['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap((field) => atLeastZero(at.child(field), status?.[field])),
  ];
}

const amount = (value: number | string | undefined): string => (value === undefined ? 'N/A' : String(value));

export const podDisruptionBudgetDefinition = defineKind<policyv1.PodDisruptionBudget>({
  group: 'policy',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
  shortNames: ['pdb'],
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('policy', 'v1beta1', 'PodDisruptionBudget', '1.21', '1.25') }],
  status: { validateUpdate: (budget, _, facts) => validateStatus(budget, facts) },
  strategy: { validate, validateUpdate: (budget) => validate(budget) },
  columns: [
    nameColumn,
    text('Min Available', (budget) => amount(budget.spec?.minAvailable)),
    text('Max Unavailable', (budget) => amount(budget.spec?.maxUnavailable)),
    integer('Allowed Disruptions', (budget) => budget.status?.disruptionsAllowed ?? 0),
    ageColumn,
  ],
});

export const podDisruptionBudgets = typedKind<policyv1.PodDisruptionBudget>(podDisruptionBudgetDefinition);
