import { defineKind, typedKind } from '../define.ts';
import type * as coordinationv1 from '../types/coordination-v1.ts';

export const leaseDefinition = defineKind<coordinationv1.Lease>({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
});

export const leases = typedKind<coordinationv1.Lease>(leaseDefinition);
