import { defineKind } from '../define.ts';
export const podSecurityPolicyDefinition = defineKind({ group: 'policy', kind: 'PodSecurityPolicy', plural: 'podsecuritypolicies', namespaced: false, shortNames: ['psp'], versions: ['v1beta1'], storageVersion: 'v1beta1' });
