/** The devices that a claim asks for. Upstream: pkg/apis/resource/v1/defaults.go, pkg/apis/resource/validation */
import { invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { checkedText } from '../validation/fields.ts';
import { checkDnsSubdomain } from '../validation/names.ts';
import { validateConfiguration, validateSelectors, validateTolerations } from './configuration.ts';
import { validateList, validateSet } from './lists.ts';
import { validateFullyQualifiedName, validateLabelName } from './names.ts';

type Wanted = resourcev1.ExactDeviceRequest | resourcev1.DeviceSubRequest;
const most = { requests: 32, constraints: 32, configurations: 32, alternatives: 8 };
const oneForm = 'exactly one of `exactly` or `firstAvailable` is required';

export function defaultClaim(spec: Draft<resourcev1.ResourceClaimSpec> | undefined): void {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? []) {
    for (const wanted of exactly === undefined ? firstAvailable : [exactly, ...firstAvailable]) {
      wanted.allocationMode ||= 'ExactCount';
      if (wanted.allocationMode === 'ExactCount') wanted.count ||= 1;
      for (const toleration of wanted.tolerations ?? []) toleration.operator ||= 'Equal';
    }
  }
}

/** The requests of a claim by name, each with the names of its alternatives. */
export type RequestNames = ReadonlyMap<string, ReadonlySet<string>>;

export const requestNamesOf = (spec: resourcev1.ResourceClaimSpec | undefined): RequestNames =>
  new Map((spec?.devices?.requests ?? []).map(({ name = '', firstAvailable = [] }) => [name, new Set(firstAvailable.map((one) => one.name ?? ''))]));

export function validateClaim(spec: resourcev1.ResourceClaimSpec | undefined, path: FieldPath): FieldError[] {
  const { requests, constraints, config } = spec?.devices ?? {};
  const names = requestNamesOf(spec);
  const at = path.child('devices');
  return [
    ...validateSet(requests, most.requests, at.child('requests'), { check: validateRequest, keyOf: ({ name = '' }) => name }),
    ...validateList(constraints, most.constraints, at.child('constraints'), (constraint, here) => validateConstraint(constraint, names, here)),
    ...validateList(config, most.configurations, at.child('config'), (one, here) => [...validateReferences(one.requests, names, here.child('requests')), ...validateConfiguration(one, here)]),
  ];
}

function validateRequest({ name, exactly, firstAvailable = [] }: resourcev1.DeviceRequest, path: FieldPath): FieldError[] {
  const errors = validateLabelName(name, path.child('name'));
  if (exactly !== undefined && firstAvailable.length > 0) return [...errors, invalid(path, null, `${oneForm}, but multiple fields are set`)];
  if (exactly !== undefined) return [...errors, ...validateWanted(exactly, path.child('exactly'))];
  if (firstAvailable.length === 0) return [...errors, required(path, oneForm)];
  const check = (one: resourcev1.DeviceSubRequest, at: FieldPath): FieldError[] => [...validateLabelName(one.name, at.child('name')), ...validateWanted(one, at)];
  return [...errors, ...validateSet(firstAvailable, most.alternatives, path.child('firstAvailable'), { check, keyOf: (one) => one.name ?? '' })];
}

const validateWanted = (wanted: Wanted, path: FieldPath): FieldError[] => [
  ...checkedText(path.child('deviceClassName'), wanted.deviceClassName, checkDnsSubdomain),
  ...validateSelectors(wanted.selectors, path.child('selectors')),
  ...validateCount(wanted, path),
  ...validateTolerations(wanted.tolerations, path.child('tolerations')),
];

function validateCount({ allocationMode = '', count = 0 }: Wanted, path: FieldPath): FieldError[] {
  if (allocationMode === 'All') return count === 0 ? [] : [invalid(path.child('count'), count, "must not be specified when allocationMode is 'All'")];
  if (allocationMode === 'ExactCount') return count > 0 ? [] : [invalid(path.child('count'), count, 'must be greater than zero')];
  return [notSupported(path.child('allocationMode'), allocationMode, ['All', 'ExactCount'])];
}

function validateConstraint({ requests, matchAttribute, distinctAttribute }: resourcev1.DeviceConstraint, names: RequestNames, path: FieldPath): FieldError[] {
  const errors = validateReferences(requests, names, path.child('requests'));
  if (matchAttribute !== undefined) return [...errors, ...validateFullyQualifiedName(matchAttribute, path.child('matchAttribute'))];
  if (distinctAttribute !== undefined) return [...errors, ...validateFullyQualifiedName(distinctAttribute, path.child('distinctAttribute'))];
  return [...errors, required(path, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set')];
}

export const validateReferences = (references: readonly string[] | undefined, names: RequestNames, path: FieldPath): FieldError[] =>
  validateSet(references, most.requests, path, { check: (name, at) => validateReference(name, names, at), keyOf: (name) => name });

/** 'request' or 'request/alternative' */
export function validateReference(name: string, names: RequestNames, path: FieldPath): FieldError[] {
  const wrong = invalid(path, name, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'");
  const segments = name.split('/');
  if (segments.length > 2) return [wrong];
  const [request = '', alternative] = segments;
  const alternatives = names.get(request);
  const isKnown = alternatives !== undefined && (alternative === undefined || alternatives.has(alternative));
  return [...segments.flatMap((segment) => validateLabelName(segment, path)), ...(isKnown ? [] : [wrong])];
}
