/** ServiceCIDRs: where the addresses of Services come from. Upstream: pkg/apis/networking/validation (ValidateServiceCIDR) */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { invalidFor } from '../validation/fields.ts';
import { checkCanonicalCidr, ipFamilyOf } from '../validation/ip.ts';

const path = FieldPath.of('spec', 'cidrs');
const fixed = 'field is immutable';

const familyOf = (cidr: string | undefined): string | undefined => ipFamilyOf(cidr?.split('/')[0] ?? '');

function validate({ spec }: networkingv1.ServiceCIDR): FieldError[] {
  const cidrs = spec?.cidrs ?? [];
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(path, spec, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, i) => invalidFor(path.index(i), cidr, checkCanonicalCidr(cidr)));
  const alike = cidrs.length === 2 && familyOf(cidrs[0]) !== undefined && familyOf(cidrs[0]) === familyOf(cidrs[1]);
  return alike ? [...errors, invalid(path, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')] : errors;
}

/** The second family may be added; nothing else changes. */
function validateUpdate(given: networkingv1.ServiceCIDR, old: networkingv1.ServiceCIDR): FieldError[] {
  const now = given.spec?.cidrs ?? [];
  const before = old.spec?.cidrs ?? [];
  if (now.length === before.length) return before.flatMap((cidr, i) => (cidr === now[i] ? [] : [invalid(path.index(i), now[i], fixed)]));
  if (before.length !== 1 || now.length !== 2) return [invalid(path, now, fixed)];
  return [...(now[0] === before[0] ? [] : [invalid(path.index(0), now[0], fixed)]), ...validate(given)];
}

export const serviceCidrDefinition = defineKind<networkingv1.ServiceCIDR>({
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  status: true,
  strategy: { validate, validateUpdate },
  columns: [nameColumn, text('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')), ageColumn],
});

export const serviceCidrs = typedKind<networkingv1.ServiceCIDR>(serviceCidrDefinition);
