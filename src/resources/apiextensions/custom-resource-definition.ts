import { defineKind, typedKind } from '../define.ts';
import type * as apiextensionsv1 from '../types/apiextensions-v1.ts';

export const customResourceDefinitionDefinition = defineKind<apiextensionsv1.CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  status: true,
});

export const customResourceDefinitions = typedKind<apiextensionsv1.CustomResourceDefinition>(customResourceDefinitionDefinition);
