/**
 * Validation of what tells the scheduler where a Pod may run: tolerations, affinity, spreading.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateTolerations, validateAffinity, validateTopologySpreadConstraints)
 */
import { duplicate, forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import { invalidFor, nonEmpty, oneOf, supportedOnly } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkDnsLabel, checkLabelValue, checkQualifiedName, checkRange } from '../validation/names.ts';

const taintEffects = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];

export function validateTolerations(tolerations: readonly corev1.Toleration[], path: FieldPath): FieldError[] {
  return tolerations.flatMap((toleration, i) => validateToleration(toleration, path.index(i)));
}

function validateToleration({ key, operator, value, effect, tolerationSeconds }: corev1.Toleration, path: FieldPath): FieldError[] {
  const errors = key ? invalidFor(path.child('key'), key, checkQualifiedName(key)) : [];
  if (!key && operator !== 'Exists') errors.push(invalid(path.child('operator'), operator ?? '', "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') errors.push(invalid(path.child('effect'), effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  if (operator === 'Exists') {
    if (value) errors.push(invalid(path.child('operator'), { ...(key ? { key } : {}), operator, value }, 'value must be empty when `operator` is \'Exists\''));
  } else if (operator === undefined || operator === '' || operator === 'Equal') {
    errors.push(...invalidFor(path.child('operator'), value ?? '', checkLabelValue(value ?? '')));
  } else errors.push(notSupported(path.child('operator'), operator, ['Equal', 'Exists']));
  if (effect) errors.push(...supportedOnly(path.child('effect'), effect, taintEffects));
  return errors;
}

export function validateAffinity(affinity: corev1.Affinity | undefined, path: FieldPath): FieldError[] {
  if (affinity === undefined) return [];
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  return [
    ...(nodeAffinity ? validateNodeAffinity(nodeAffinity, path.child('nodeAffinity')) : []),
    ...(podAffinity ? validatePodAffinity(podAffinity, path.child('podAffinity')) : []),
    ...(podAntiAffinity ? validatePodAffinity(podAntiAffinity, path.child('podAntiAffinity')) : []),
  ];
}

function validateNodeAffinity(affinity: corev1.NodeAffinity, path: FieldPath): FieldError[] {
  const needed = affinity.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = path.child('preferredDuringSchedulingIgnoredDuringExecution');
  return [
    ...(needed ? validateNodeSelector(needed, path.child('requiredDuringSchedulingIgnoredDuringExecution')) : []),
    ...(affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, i) => [
      ...validateWeight(term.weight, preferred.index(i).child('weight')),
      ...validateNodeSelectorTerm(term.preference ?? {}, preferred.index(i).child('preference')),
    ]),
  ];
}

const validateWeight = (weight: number, path: FieldPath): FieldError[] => (checkRange(weight, 1, 100).length === 0 ? [] : [invalid(path, weight, 'must be in the range 1-100')]);

export function validateNodeSelector(selector: corev1.NodeSelector, path: FieldPath): FieldError[] {
  const at = path.child('nodeSelectorTerms');
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => validateNodeSelectorTerm(term, at.index(i)));
}

function validateNodeSelectorTerm(term: corev1.NodeSelectorTerm, path: FieldPath): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((one, i) => validateNodeRequirement(one, path.child('matchExpressions').index(i))),
    ...(term.matchFields ?? []).flatMap((one, i) => validateFieldRequirement(one, path.child('matchFields').index(i))),
  ];
}

function validateNodeRequirement({ key, operator, values = [] }: corev1.NodeSelectorRequirement, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const at = path.child('values');
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"));
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) errors.push(forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  if ((operator === 'Gt' || operator === 'Lt') && values.length !== 1) errors.push(required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  if (!['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'].includes(operator)) errors.push(invalid(path.child('operator'), operator ?? '', 'not a valid selector operator'));
  return [...errors, ...invalidFor(path.child('key'), key ?? '', checkQualifiedName(key ?? ''))];
}


function validateFieldRequirement({ key, operator, values = [] }: corev1.NodeSelectorRequirement, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalid(path.child('operator'), operator ?? '', 'not a valid selector operator'));
  else if (values.length !== 1) errors.push(required(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') errors.push(invalid(path.child('key'), key ?? '', 'not a valid field selector key'));
  return errors;
}

function validatePodAffinity(affinity: corev1.PodAffinity, path: FieldPath): FieldError[] {
  const preferred = path.child('preferredDuringSchedulingIgnoredDuringExecution');
  return [
    ...(affinity.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, i) =>
      validatePodAffinityTerm(term, path.child('requiredDuringSchedulingIgnoredDuringExecution').index(i)),
    ),
    ...(affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap((term, i) => [
      ...validateWeight(term.weight, preferred.index(i).child('weight')),
      ...validatePodAffinityTerm(term.podAffinityTerm, preferred.index(i).child('podAffinityTerm')),
    ]),
  ];
}

function validatePodAffinityTerm(term: corev1.PodAffinityTerm, path: FieldPath): FieldError[] {
  const key = term.topologyKey;
  return [
    ...validateLabelSelector(term.labelSelector, path.child('labelSelector')),
    ...validateLabelSelector(term.namespaceSelector, path.child('namespaceSelector')),
    ...(term.namespaces ?? []).flatMap((name) => invalidFor(path.child('namespace'), name, checkDnsLabel(name))),
    ...(key ? invalidFor(path.child('topologyKey'), key, checkQualifiedName(key)) : [required(path.child('topologyKey'), 'can not be empty')]),
  ];
}

export function validateTopologySpread(constraints: readonly corev1.TopologySpreadConstraint[], path: FieldPath): FieldError[] {
  const seen = new Set<string>();
  return constraints.flatMap((constraint, i) => {
    const at = path.index(i);
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    const errors = maxSkew > 0 ? [] : [invalid(at.child('maxSkew'), maxSkew, 'must be greater than zero')];
    errors.push(...nonEmpty(at.child('topologyKey'), topologyKey, 'can not be empty'), ...oneOf(at.child('whenUnsatisfiable'), whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']));
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`;
    if (seen.has(pair)) errors.push(duplicate(at.child('{topologyKey, whenUnsatisfiable}'), pair));
    seen.add(pair);
    if (minDomains !== undefined && minDomains <= 0) errors.push(invalid(at.child('minDomains'), minDomains, 'must be greater than 0'));
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule') errors.push(invalid(at.child('minDomains'), minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`));
    errors.push(...supportedOnly(at.child('nodeAffinityPolicy'), constraint.nodeAffinityPolicy, ['Honor', 'Ignore']), ...supportedOnly(at.child('nodeTaintsPolicy'), constraint.nodeTaintsPolicy, ['Honor', 'Ignore']));
    return [...errors, ...validateLabelSelector(constraint.labelSelector, at.child('labelSelector'))];
  });
}

