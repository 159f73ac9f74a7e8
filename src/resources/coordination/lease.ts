/** Leases: who leads, and who is alive. Upstream: pkg/apis/coordination/validation */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as coordinationv1 from '../types/coordination-v1.ts';
import { atLeastZero } from '../validation/fields.ts';
import { positive } from '../validation/names.ts';

const spec = FieldPath.of('spec');

/** Leaders chosen by a coordinator are off by default: their fields stay only where an object has them already. */
function dropCoordination(lease: Draft<coordinationv1.Lease>, old?: coordinationv1.Lease): void {
  if (lease.spec === undefined || old?.spec?.strategy !== undefined || old?.spec?.preferredHolder !== undefined) return;
  delete lease.spec.strategy;
  delete lease.spec.preferredHolder;
}

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
  strategy: {
    generation: 'none',
    prepareForCreate: (lease) => dropCoordination(lease),
    prepareForUpdate: dropCoordination,
    validate,
    validateUpdate: (lease) => validate(lease),
    allowCreateOnUpdate: true,
  },
  columns: [nameColumn, text('Holder', (lease) => lease.spec?.holderIdentity ?? ''), ageColumn],
});

export const leases = typedKind<coordinationv1.Lease>(leaseDefinition);
