/** PriorityClasses, and the two that every cluster starts with. Upstream: pkg/apis/scheduling */
import { FieldPath, forbidden, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, flag, integer, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as schedulingv1 from '../types/scheduling-v1.ts';
import { immutable, supportedOnly } from '../validation/fields.ts';

const group = 'scheduling.k8s.io';
/** Above this only the system's own classes may go. */
export const highestUserPriority = 1_000_000_000;
export const systemCriticalPriority = 2 * highestUserPriority;

export const systemPriorityClasses: readonly schedulingv1.PriorityClass[] = [
  { apiVersion: `${group}/v1`, kind: 'PriorityClass', metadata: { name: 'system-node-critical' }, value: systemCriticalPriority + 1000, description: 'Used for system critical pods that must not be moved from their current node.', preemptionPolicy: 'PreemptLowerPriority' },
  { apiVersion: `${group}/v1`, kind: 'PriorityClass', metadata: { name: 'system-cluster-critical' }, value: systemCriticalPriority, description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.', preemptionPolicy: 'PreemptLowerPriority' },
];

function systemClassProblem(name: string, given: schedulingv1.PriorityClass): string | undefined {
  const own = systemPriorityClasses.find(({ metadata }) => metadata.name === name);
  if (own === undefined) return `${name} is not a known system priority class`;
  if (own.value !== given.value) return `value of ${name} PriorityClass must be ${own.value}`;
  return given.globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function validate(given: schedulingv1.PriorityClass): FieldError[] {
  const name = given.metadata.name ?? '';
  const errors: FieldError[] = [];
  if (name.startsWith('system-')) {
    const problem = systemClassProblem(name, given);
    if (problem !== undefined) errors.push(forbidden(FieldPath.of('metadata', 'name'), `priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`));
  } else if ((given.value ?? 0) > highestUserPriority) errors.push(forbidden(FieldPath.of('value'), `maximum allowed value of a user defined priority is ${highestUserPriority}`));
  return [...errors, ...supportedOnly(FieldPath.of('preemptionPolicy'), given.preemptionPolicy, ['Never', 'PreemptLowerPriority'])];
}

export const priorityClassDefinition = defineKind<schedulingv1.PriorityClass>({
  group,
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  namespaced: false,
  shortNames: ['pc'],
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired(group, 'v1beta1', 'PriorityClass', '1.14', '1.22') }],
  strategy: {
    defaults: (given) => {
      given.preemptionPolicy ??= 'PreemptLowerPriority';
    },
    validate,
    validateUpdate: (given, old) => [
      ...(given.value === old.value ? [] : [forbidden(FieldPath.of('value'), 'may not be changed in an update.')]),
      ...immutable(FieldPath.of('preemptionPolicy'), given.preemptionPolicy, old.preemptionPolicy),
    ],
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, integer('Value', (given) => given.value ?? 0), flag('Global-Default', (given) => given.globalDefault ?? false), ageColumn, text('PreemptionPolicy', (given) => given.preemptionPolicy ?? '')],
});

export const priorityClasses = typedKind<schedulingv1.PriorityClass>(priorityClassDefinition);
