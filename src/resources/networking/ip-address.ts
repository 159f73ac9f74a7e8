import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';

export const ipAddressDefinition = defineKind<networkingv1.IPAddress>({
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  namespaced: false,
  shortNames: ['ip'],
});

export const ipAddresses = typedKind<networkingv1.IPAddress>(ipAddressDefinition);
