import { FieldPath } from '../../apimachinery/field-error.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { immutable } from '../validation/fields.ts';
import { validateAnnotations, validateLabels } from '../validation/labels.ts';
import { defaultClaim, validateClaim } from './claim-rules.ts';

const path = FieldPath.of('spec');

export const resourceClaimTemplateDefinition = defineKind<resourcev1.ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
  strategy: {
    defaults: ({ spec }) => defaultClaim(spec?.spec),
    validate: ({ spec }) => [
      ...validateLabels(spec?.metadata?.labels, path.child('metadata', 'labels')),
      ...validateAnnotations(spec?.metadata?.annotations, path.child('metadata', 'annotations')),
      ...validateClaim(spec?.spec, path.child('spec')),
    ],
    validateUpdate: ({ spec }, old) => immutable(path, spec, old.spec),
  },
});

export const resourceClaimTemplates = typedKind<resourcev1.ResourceClaimTemplate>(resourceClaimTemplateDefinition);
