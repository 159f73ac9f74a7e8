/** PodTemplates: a template that nothing runs, kept for others to copy. */
import { FieldPath } from '../../apimachinery/field-error.ts';
import { labelText, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import { validatePodTemplate } from '../pod-spec/validate.ts';
import { templateWarnings } from '../pod-spec/warnings.ts';
import type * as corev1 from '../types/core-v1.ts';
import { containerImages, containerNames } from '../workloads/columns.ts';

const template = FieldPath.of('template');

export const podTemplateDefinition = defineKind<corev1.PodTemplate>({
  group: '',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
  strategy: {
    defaults: (object) => defaultPodTemplate(object.template),
    validate: (object) => validatePodTemplate(object.template, template),
    validateUpdate: (object) => validatePodTemplate(object.template, template),
    warnings: (object, old) => templateWarnings(object.template, template, object, old),
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('Containers', (object) => containerNames(object.template)),
    text('Images', (object) => containerImages(object.template)),
    text('Pod Labels', (object) => labelText(object.template?.metadata?.labels)),
  ],
});

export const podTemplates = typedKind<corev1.PodTemplate>(podTemplateDefinition);
