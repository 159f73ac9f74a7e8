import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as networkingv1 from '../types/networking-v1.ts';

/** 'services/default/web' */
function parentText({ spec }: networkingv1.IPAddress): string {
  const { group, resource, namespace, name } = spec?.parentRef ?? {};
  return [group ? `${resource ?? ''}.${group}` : resource, namespace, name].filter((part) => part !== undefined && part !== '').join('/');
}

export const ipAddressDefinition = defineKind<networkingv1.IPAddress>({
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  namespaced: false,
  shortNames: ['ip'],
  columns: [nameColumn, text('ParentRef', parentText), ageColumn],
});

export const ipAddresses = typedKind<networkingv1.IPAddress>(ipAddressDefinition);
