import { FieldPath } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { immutable } from '../validation/fields.ts';
import { defaultClaim, validateClaim } from './claim-rules.ts';
import { validateClaimStatus } from './claim-status-rules.ts';

const path = FieldPath.of('spec');

/** 'pending', or what has happened to the claim since: 'allocated,reserved'. */
function stateText({ metadata, status }: resourcev1.ResourceClaim): string {
  const states: string[] = [];
  if (metadata.deletionTimestamp !== undefined) states.push('deleted');
  if (status?.allocation === undefined) {
    if (states.length === 0) states.push('pending');
  } else {
    states.push('allocated');
    if ((status.reservedFor ?? []).length > 0) states.push('reserved');
  }
  return states.join(',');
}

export const resourceClaimDefinition = defineKind<resourcev1.ResourceClaim>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  namespaced: true,
  status: { validateUpdate: validateClaimStatus },
  strategy: {
    defaults: ({ spec }) => defaultClaim(spec),
    validate: ({ spec }) => validateClaim(spec, path),
    validateUpdate: ({ spec }, old) => immutable(path, spec, old.spec),
  },
  columns: [nameColumn, text('State', stateText), ageColumn],
});

export const resourceClaims = typedKind<resourcev1.ResourceClaim>(resourceClaimDefinition);
