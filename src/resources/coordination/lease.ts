/** Leases: who leads, and who is alive. Upstream: pkg/apis/coordination/validation */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as coordinationv1 from '../types/coordination-v1.ts';
import { atLeastZero } from '../validation/fields.ts';
import { positive } from '../validation/names.ts';

const spec = FieldPath.of('spec');

function validate(lease: coordinationv1.Lease): FieldError[] {
  const { leaseDurationSeconds: duration, leaseTransitions } = lease.spec ?? {};
  return [
    ...(duration !== undefined && duration <= 0 ? [invalid(spec.child('leaseDurationSeconds'), duration, positive)] : []),
    ...atLeastZero(spec.child('leaseTransitions'), leaseTransitions),
  ];
}

export const leaseDefinition = defineKind<coordinationv1.Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('coordination.k8s.io', 'v1beta1', 'Lease', '1.19', '1.22') }],
  strategy: { generation: 'none', validate, validateUpdate: (lease) => validate(lease), allowCreateOnUpdate: true },
  columns: [nameColumn, text('Holder', (lease) => lease.spec?.holderIdentity ?? ''), ageColumn],
});

export const leases = typedKind<coordinationv1.Lease>(leaseDefinition);
