import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';

export const ingressClassDefinition = defineKind<networkingv1.IngressClass>({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
});

export const ingressClasses = typedKind<networkingv1.IngressClass>(ingressClassDefinition);
