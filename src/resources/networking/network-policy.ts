import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';

export const networkPolicyDefinition = defineKind<networkingv1.NetworkPolicy>({
  group: 'networking.k8s.io',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  namespaced: true,
  shortNames: ['netpol'],
});

export const networkPolicies = typedKind<networkingv1.NetworkPolicy>(networkPolicyDefinition);
