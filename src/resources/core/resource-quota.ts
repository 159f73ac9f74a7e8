/** ResourceQuotas. Upstream: pkg/apis/core/validation (ValidateResourceQuota), pkg/printers/internalversion */
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';
import { validateQuota, validateQuotaStatus, validateQuotaUpdate } from './resource-quota-rules.ts';

const isLimit = (name: string): boolean => name.startsWith('limits.');

function usage({ status }: corev1.ResourceQuota, which: (name: string) => boolean): string {
  const names = Object.keys(status?.hard ?? {}).filter(which).sort();
  return names.map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name] ?? '0'}`).join(', ');
}
const requestText = (quota: corev1.ResourceQuota): string => usage(quota, (name) => !isLimit(name));
const limitText = (quota: corev1.ResourceQuota): string => usage(quota, isLimit);

export const resourceQuotaDefinition = defineKind<corev1.ResourceQuota>({
  group: '',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  namespaced: true,
  shortNames: ['quota'],
  status: { validateUpdate: validateQuotaStatus },
  strategy: { generation: 'none', validate: validateQuota, validateUpdate: validateQuotaUpdate, allowUnconditionalUpdate: true },
  columns: [nameColumn, text('Request', requestText), text('Limit', limitText), ageColumn],
});

export const resourceQuotas = typedKind<corev1.ResourceQuota>(resourceQuotaDefinition);
