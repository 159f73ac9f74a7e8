/** IPAddresses: addresses of Services that are given out, named for themselves. Upstream: pkg/apis/networking/validation (ValidateIPAddress) */
import { FieldPath, required, type FieldError } from '../../apimachinery/field-error.ts';
import { nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { checkedText, immutable, invalidFor } from '../validation/fields.ts';
import { checkCanonicalIp } from '../validation/ip.ts';
import { checkDnsSubdomain, checkPathSegmentName } from '../validation/names.ts';

const parentRef = FieldPath.of('spec', 'parentRef');

function validate({ spec }: networkingv1.IPAddress): FieldError[] {
  const parent = spec?.parentRef;
  if (parent === undefined) return [required(parentRef)];
  const errors = parent.group ? invalidFor(parentRef.child('group'), parent.group, checkDnsSubdomain(parent.group)) : [];
  for (const field of ['resource', 'name'] as const) errors.push(...checkedText(parentRef.child(field), parent[field], checkPathSegmentName));
  return parent.namespace ? [...errors, ...invalidFor(parentRef.child('namespace'), parent.namespace, checkPathSegmentName(parent.namespace))] : errors;
}

/** 'services/default/web' */
function parentText({ spec }: networkingv1.IPAddress): string {
  const { group, resource, namespace, name } = spec?.parentRef ?? {};
  return [group ? `${resource ?? ''}.${group}` : resource, namespace, name].filter((part) => part !== undefined && part !== '').join('/');
}

export const ipAddressDefinition = defineKind<networkingv1.IPAddress>({
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  namespaced: false,
  shortNames: ['ip'],
  strategy: {
    generation: 'none',
    validateName: checkCanonicalIp,
    validate,
    validateUpdate: (address, old) => immutable(parentRef, address.spec?.parentRef, old.spec?.parentRef),
  },
  columns: [nameColumn, text('ParentRef', parentText)],
});

export const ipAddresses = typedKind<networkingv1.IPAddress>(ipAddressDefinition);
