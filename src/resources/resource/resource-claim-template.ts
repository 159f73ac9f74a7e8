import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';

export const resourceClaimTemplateDefinition = defineKind<resourcev1.ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  namespaced: true,
});

export const resourceClaimTemplates = typedKind<resourcev1.ResourceClaimTemplate>(resourceClaimTemplateDefinition);
