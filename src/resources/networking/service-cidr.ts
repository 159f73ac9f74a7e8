import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';

export const serviceCidrDefinition = defineKind<networkingv1.ServiceCIDR>({
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  status: true,
  columns: [nameColumn, text('CIDRs', ({ spec }) => (spec?.cidrs ?? []).join(',')), ageColumn],
});

export const serviceCidrs = typedKind<networkingv1.ServiceCIDR>(serviceCidrDefinition);
