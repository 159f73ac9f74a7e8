import { defineKind, typedKind } from '../define.ts';
import type * as corev1 from '../types/core-v1.ts';

export const podTemplateDefinition = defineKind<corev1.PodTemplate>({
  group: '',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
});

export const podTemplates = typedKind<corev1.PodTemplate>(podTemplateDefinition);
