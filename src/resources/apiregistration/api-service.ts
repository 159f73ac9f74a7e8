import { defineKind, typedKind } from '../define.ts';
import type * as apiregistrationv1 from '../types/apiregistration-v1.ts';

export const apiServiceDefinition = defineKind<apiregistrationv1.APIService>({
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
  categories: ['api-extensions'],
  status: true,
});

export const apiServices = typedKind<apiregistrationv1.APIService>(apiServiceDefinition);
