/** The devices that a claim asks for. Upstream: pkg/apis/resource/v1/defaults.go, pkg/apis/resource/validation */
import { invalid, notSupported, required, tooMany, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { checkedText, invalidFor } from '../validation/fields.ts';
import { checkDnsLabel, checkDnsSubdomain } from '../validation/names.ts';

type Wanted = resourcev1.ExactDeviceRequest | resourcev1.DeviceSubRequest;
const maxRequests = 32;
const maxAlternatives = 8;
const oneForm = 'exactly one of `exactly` or `firstAvailable` is required';

export function defaultClaim(spec: Draft<resourcev1.ResourceClaimSpec> | undefined): void {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? []) {
    for (const wanted of exactly === undefined ? firstAvailable : [exactly, ...firstAvailable]) {
      wanted.allocationMode ||= 'ExactCount';
      if (wanted.allocationMode === 'ExactCount') wanted.count ||= 1;
    }
  }
}

export function validateClaim(spec: resourcev1.ResourceClaimSpec | undefined, path: FieldPath): FieldError[] {
  const requests = spec?.devices?.requests ?? [];
  const at = path.child('devices', 'requests');
  return [...(requests.length > maxRequests ? [tooMany(at, requests.length, maxRequests)] : []), ...requests.flatMap((request, i) => validateRequest(request, at.index(i)))];
}

function validateRequest({ name = '', exactly, firstAvailable = [] }: resourcev1.DeviceRequest, path: FieldPath): FieldError[] {
  const errors = invalidFor(path.child('name'), name, checkDnsLabel(name));
  if (exactly !== undefined && firstAvailable.length > 0) return [...errors, invalid(path, null, `${oneForm}, but multiple fields are set`)];
  if (exactly !== undefined) return [...errors, ...validateWanted(exactly, path.child('exactly'))];
  if (firstAvailable.length === 0) return [...errors, required(path, oneForm)];
  const at = path.child('firstAvailable');
  return [
    ...errors,
    ...(firstAvailable.length > maxAlternatives ? [tooMany(at, firstAvailable.length, maxAlternatives)] : []),
    ...firstAvailable.flatMap((one, i) => [...invalidFor(at.index(i).child('name'), one.name ?? '', checkDnsLabel(one.name ?? '')), ...validateWanted(one, at.index(i))]),
  ];
}

/** Selectors are not compiled here: this room has no CEL. */
function validateWanted({ deviceClassName, allocationMode = '', count = 0 }: Wanted, path: FieldPath): FieldError[] {
  const errors = checkedText(path.child('deviceClassName'), deviceClassName, checkDnsSubdomain);
  if (allocationMode === 'All') return count === 0 ? errors : [...errors, invalid(path.child('count'), count, "must not be specified when allocationMode is 'All'")];
  if (allocationMode === 'ExactCount') return count > 0 ? errors : [...errors, invalid(path.child('count'), count, 'must be greater than zero')];
  return [...errors, notSupported(path.child('allocationMode'), allocationMode, ['All', 'ExactCount'])];
}
