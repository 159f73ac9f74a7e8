/** ReplicationControllers: ReplicaSets with a plain map as selector. Upstream: pkg/apis/core/validation, pkg/apis/core/v1/defaults.go */
import { FieldPath, forbidden, invalid, notSupported, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import { validatePodTemplate } from '../pod-spec/validate.ts';
import { workloadWarnings } from '../pod-spec/warnings.ts';
import { scale } from '../subresources.ts';
import type * as corev1 from '../types/core-v1.ts';
import { atLeastZero } from '../validation/fields.ts';
import { mapSelectorColumn, templateColumns } from '../workloads/columns.ts';
import { countRules } from '../workloads/status-rules.ts';

const spec = FieldPath.of('spec');

function validate({ spec: given }: corev1.ReplicationController): FieldError[] {
  const selector = given?.selector ?? {};
  return [
    ...atLeastZero(spec.child('minReadySeconds'), given?.minReadySeconds),
    ...(Object.keys(selector).length === 0 ? [required(spec.child('selector'))] : []),
    ...atLeastZero(spec.child('replicas'), given?.replicas),
    ...validateTemplate(given?.template, selector),
  ];
}

function validateTemplate(template: corev1.PodTemplateSpec | undefined, selector: Readonly<Record<string, string>>): FieldError[] {
  const path = spec.child('template');
  if (template === undefined) return [required(path)];
  const labels = template.metadata?.labels ?? {};
  const matches = Object.entries(selector).every(([key, value]) => labels[key] === value);
  const policy = template.spec?.restartPolicy;
  return [
    ...(matches ? [] : [invalid(path.child('metadata', 'labels'), labels, '`selector` does not match template `labels`')]),
    ...validatePodTemplate(template, path),
    ...(policy !== undefined && policy !== 'Always' ? [notSupported(path.child('spec', 'restartPolicy'), policy, ['Always'])] : []),
    ...(template.spec?.activeDeadlineSeconds === undefined ? [] : [forbidden(path.child('spec', 'activeDeadlineSeconds'), 'activeDeadlineSeconds in ReplicationController is not Supported')]),
  ];
}

export const replicationControllerDefinition = defineKind<corev1.ReplicationController>({
  group: '',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  namespaced: true,
  shortNames: ['rc'],
  categories: ['all'],
  status: {
    validateUpdate: countRules({
      counts: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
      parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    }),
  },
  subresources: { scale: scale() },
  strategy: {
    defaults(controller) {
      if (controller.spec === undefined) return;
      const labels = controller.spec.template?.metadata?.labels;
      if (labels !== undefined) {
        if (Object.keys(controller.spec.selector ?? {}).length === 0) controller.spec.selector = { ...labels };
        if (Object.keys(controller.metadata.labels ?? {}).length === 0) controller.metadata.labels = { ...labels };
      }
      controller.spec.replicas ??= 1;
      defaultPodTemplate(controller.spec.template);
    },
    prepareForCreate(controller) {
      controller.status = { replicas: 0 };
    },
    validate,
    validateUpdate: (controller) => validate(controller),
    warnings: (object, old) => workloadWarnings(object.spec?.template, spec.child('template'), object, old),
    allowUnconditionalUpdate: true,
    defaultPropagation: 'Orphan',
  },
  columns: [
    nameColumn,
    integer('Desired', (controller) => controller.spec?.replicas ?? 0),
    integer('Current', (controller) => controller.status?.replicas ?? 0),
    integer('Ready', (controller) => controller.status?.readyReplicas ?? 0),
    ageColumn,
    ...templateColumns<corev1.ReplicationController>(),
    mapSelectorColumn<corev1.ReplicationController>(),
  ],
  selectableFields: { 'status.replicas': (controller) => String(controller.status?.replicas ?? 0) },
});

export const replicationControllers = typedKind<corev1.ReplicationController>(replicationControllerDefinition);
