import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';

export const ingressDefinition = defineKind<networkingv1.Ingress>({
  group: 'networking.k8s.io',
  kind: 'Ingress',
  plural: 'ingresses',
  namespaced: true,
  shortNames: ['ing'],
  status: true,
});

export const ingresses = typedKind<networkingv1.Ingress>(ingressDefinition);
