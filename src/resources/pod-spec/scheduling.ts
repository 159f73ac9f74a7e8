/**
 * Validation of what tells the scheduler where a Pod may run: tolerations, affinity, spreading.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateTolerations, validateAffinity, validateTopologySpreadConstraints)
 */
import { duplicate, forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as corev1 from '../types/core-v1.ts';
import type * as metav1 from '../types/meta-v1.ts';
import { invalidFor, nonEmpty, supportedOnly } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkDnsLabel, checkDnsSubdomain, checkLabelValue, checkQualifiedName } from '../validation/names.ts';

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const moreThanZero = 'must be greater than zero';

export function validateTolerations(tolerations: readonly corev1.Toleration[], path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  tolerations.forEach((toleration, i) => errors.push(...validateToleration(toleration, path.index(i))));
  return errors;
}

function validateToleration(toleration: corev1.Toleration, path: FieldPath): FieldError[] {
  const { key, operator = '', value = '', effect, tolerationSeconds } = toleration;
  const errors = key ? invalidFor(path.child('key'), key, checkQualifiedName(key)) : [];
  if (!key && operator !== 'Exists') errors.push(invalid(path.child('operator'), operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') errors.push(invalid(path.child('effect'), effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(path.child('operator'), toleration, "value must be empty when `operator` is 'Exists'"));
  } else if (operator === '' || operator === 'Equal') {
    const problems = checkLabelValue(value);
    if (problems.length > 0) errors.push(invalid(path.child('operator'), value, problems.join(';')));
  } else errors.push(notSupported(path.child('operator'), operator, ['Equal', 'Exists']));
  if (effect) errors.push(...supportedOnly(path.child('effect'), effect, taintEffects));
  return errors;
}

export function validateAffinity(affinity: corev1.Affinity, path: FieldPath): FieldError[] {
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
      ...validateNodeSelectorTerm(term.preference ?? {}, preferred.index(i).child('preference'), false),
    ]),
  ];
}

const validateWeight = (weight: number, path: FieldPath): FieldError[] => (weight >= 1 && weight <= 100 ? [] : [invalid(path, weight ?? 0, 'must be in the range 1-100')]);

export function validateNodeSelector(selector: corev1.NodeSelector, path: FieldPath): FieldError[] {
  const at = path.child('nodeSelectorTerms');
  const terms = selector.nodeSelectorTerms ?? [];
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')];
  return terms.flatMap((term, i) => validateNodeSelectorTerm(term, at.index(i), true));
}

/** `strict`: values must be values that a label can have; where nodes are only preferred, a wrong one does no harm. */
function validateNodeSelectorTerm(term: corev1.NodeSelectorTerm, path: FieldPath, strict: boolean): FieldError[] {
  return [
    ...(term.matchExpressions ?? []).flatMap((one, i) => validateNodeRequirement(one, path.child('matchExpressions').index(i), strict)),
    ...(term.matchFields ?? []).flatMap((one, i) => validateFieldRequirement(one, path.child('matchFields').index(i))),
  ];
}

function validateNodeRequirement({ key = '', operator, values = [] }: corev1.NodeSelectorRequirement, path: FieldPath, strict: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const at = path.child('values');
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) errors.push(forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.push(required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else errors.push(invalid(path.child('operator'), operator ?? '', 'not a valid selector operator'));
  errors.push(...invalidFor(path.child('key'), key, checkQualifiedName(key)));
  if (strict) values.forEach((value, i) => errors.push(...invalidFor(at.index(i), value, checkLabelValue(value))));
  return errors;
}

function validateFieldRequirement({ key = '', operator, values = [] }: corev1.NodeSelectorRequirement, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') errors.push(invalid(path.child('operator'), operator ?? '', 'not a valid selector operator'));
  else if (values.length !== 1) errors.push(required(path.child('values'), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  if (key !== 'metadata.name') errors.push(invalid(path.child('key'), key, 'not a valid field selector key'));
  else values.forEach((value, i) => errors.push(...invalidFor(path.child('values').index(i), value, checkDnsSubdomain(value))));
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
  const key = term.topologyKey ?? '';
  const errors = [...validateLabelSelector(term.labelSelector, path.child('labelSelector')), ...validateLabelSelector(term.namespaceSelector, path.child('namespaceSelector'))];
  for (const name of term.namespaces ?? []) errors.push(...invalidFor(path.child('namespace'), name, checkDnsLabel(name)));
  errors.push(...validateLabelKeys(term, path));
  if (key === '') errors.push(required(path.child('topologyKey'), 'can not be empty'));
  return [...errors, ...invalidFor(path.child('topologyKey'), key, checkQualifiedName(key))];
}

/** Keys whose values are taken from the Pod itself, to be like it or unlike it. */
function validateLabelKeys({ matchLabelKeys = [], mismatchLabelKeys = [], labelSelector }: corev1.PodAffinityTerm, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, keys] of [['matchLabelKeys', matchLabelKeys], ['mismatchLabelKeys', mismatchLabelKeys]] as const) {
    const at = path.child(name);
    if (keys.length > 0 && labelSelector === undefined) errors.push(forbidden(at, 'must not be specified when labelSelector is not set'));
    else keys.forEach((key, i) => errors.push(...invalidFor(at.index(i), key, checkQualifiedName(key))));
  }
  const selected = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const i = matchLabelKeys.indexOf(key);
    if (i >= 0 && selected.has(key)) errors.push(invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
    selected.add(key);
  }
  matchLabelKeys.forEach((key, i) => {
    if (mismatchLabelKeys.includes(key)) errors.push(invalid(path.child('matchLabelKeys').index(i), key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
  return errors;
}

const inclusionPolicies = ['Honor', 'Ignore'];

export function validateTopologySpread(constraints: readonly corev1.TopologySpreadConstraint[], path: FieldPath): FieldError[] {
  return constraints.flatMap((constraint, i) => {
    const at = path.index(i);
    const { maxSkew = 0, topologyKey, whenUnsatisfiable, minDomains } = constraint;
    const errors = maxSkew > 0 ? [] : [invalid(at.child('maxSkew'), maxSkew, moreThanZero)];
    errors.push(...nonEmpty(at.child('topologyKey'), topologyKey, 'can not be empty'), ...supportedOnly(at.child('whenUnsatisfiable'), whenUnsatisfiable ?? '', ['DoNotSchedule', 'ScheduleAnyway']));
    const again = constraints.slice(i + 1).some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    if (again) errors.push(duplicate(at.child('{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains !== undefined && minDomains <= 0) errors.push(invalid(at.child('minDomains'), minDomains, moreThanZero));
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule') errors.push(invalid(at.child('minDomains'), minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`));
    errors.push(...supportedOnly(at.child('nodeAffinityPolicy'), constraint.nodeAffinityPolicy, inclusionPolicies), ...supportedOnly(at.child('nodeTaintsPolicy'), constraint.nodeTaintsPolicy, inclusionPolicies));
    errors.push(...validateSpreadKeys(constraint.matchLabelKeys ?? [], constraint.labelSelector, at.child('matchLabelKeys')));
    return [...errors, ...validateLabelSelector(constraint.labelSelector, at.child('labelSelector'))];
  });
}

function validateSpreadKeys(keys: readonly string[], selector: metav1.LabelSelector | undefined, path: FieldPath): FieldError[] {
  if (keys.length === 0) return [];
  const errors = selector === undefined ? [forbidden(path, 'must not be specified when labelSelector is not set')] : [];
  const selected = new Set([...Object.keys(selector?.matchLabels ?? {}), ...(selector?.matchExpressions ?? []).map(({ key }) => key)]);
  keys.forEach((key, i) => {
    errors.push(...invalidFor(path.index(i), key, checkQualifiedName(key)));
    if (selected.has(key)) errors.push(invalid(path.index(i), key, 'exists in both matchLabelKeys and labelSelector'));
  });
  return errors;
}
