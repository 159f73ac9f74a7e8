/** ResourceQuotas. Upstream: pkg/apis/core/validation (ValidateResourceQuota), pkg/printers/internalversion */
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { FieldPath, type FieldError } from '../../apimachinery/field-error.ts';
import { validateAmount, validateResourceName } from '../validation/resource-lists.ts';
import type * as corev1 from '../types/core-v1.ts';

const isLimit = (name: string): boolean => name.startsWith('limits.');

function usage({ status }: corev1.ResourceQuota, which: (name: string) => boolean): string {
  const names = Object.keys(status?.hard ?? {}).filter(which).sort();
  return names.map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name] ?? '0'}`).join(', ');
}
const requestText = (quota: corev1.ResourceQuota): string => usage(quota, (name) => !isLimit(name));
const limitText = (quota: corev1.ResourceQuota): string => usage(quota, isLimit);

function validate({ spec }: corev1.ResourceQuota): FieldError[] {
  return Object.entries(spec?.hard ?? {}).flatMap(([name, amount]) => {
    const at = FieldPath.of('spec', 'hard').key(name);
    return [...validateResourceName(name, at), ...validateAmount(name, amount, at)];
  });
}

export const resourceQuotaDefinition = defineKind<corev1.ResourceQuota>({
  group: '',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  namespaced: true,
  shortNames: ['quota'],
  status: true,
  strategy: { generation: 'none', validate, validateUpdate: validate, allowUnconditionalUpdate: true },
  columns: [nameColumn, text('Request', requestText), text('Limit', limitText), ageColumn],
});

export const resourceQuotas = typedKind<corev1.ResourceQuota>(resourceQuotaDefinition);
