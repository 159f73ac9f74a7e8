import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';

export const resourceClaimDefinition = defineKind<resourcev1.ResourceClaim>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  status: true,
});

export const resourceClaims = typedKind<resourcev1.ResourceClaim>(resourceClaimDefinition);
