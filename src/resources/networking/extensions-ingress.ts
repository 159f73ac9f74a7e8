import { defineKind } from '../define.ts';
export const extensionsIngressDefinition = defineKind({ group: 'extensions', kind: 'Ingress', plural: 'ingresses', namespaced: true, shortNames: ['ing'], versions: ['v1beta1'], storageVersion: 'v1beta1' });
