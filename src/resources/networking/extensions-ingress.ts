/** Ingresses under their first name, extensions/v1beta1: the same stored objects. */
import { defineKind } from '../define.ts';
import { deprecationText } from '../deprecation.ts';
import type * as networkingv1 from '../types/networking-v1.ts';
import { ingressFromBeta, ingressToBeta } from './ingress-conversion.ts';
import { ingressSpec } from './ingress.ts';

const deprecationWarning = deprecationText('extensions/v1beta1 Ingress', { deprecated: '1.14', removed: '1.22', replacement: 'networking.k8s.io/v1 Ingress' });

export const extensionsIngressDefinition = defineKind<networkingv1.Ingress>({
  ...ingressSpec,
  group: 'extensions',
  storageGroup: 'networking.k8s.io',
  versions: [{ name: 'v1beta1', toStorage: ingressFromBeta, fromStorage: ingressToBeta, deprecationWarning }],
});
