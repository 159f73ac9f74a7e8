/** ReplicaSets. Upstream: pkg/apis/apps/validation, pkg/registry/apps/replicaset/strategy.go */
import { FieldPath, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { defaultPodTemplate } from '../pod-spec/defaults.ts';
import { workloadWarnings } from '../pod-spec/warnings.ts';
import { scale } from '../subresources.ts';
import type * as appsv1 from '../types/apps-v1.ts';
import { atLeastZero, immutable } from '../validation/fields.ts';
import { selectorColumn, templateColumns } from '../workloads/columns.ts';
import { validateOwnTemplate, validateSelector } from '../workloads/rules.ts';
import { countRules } from '../workloads/status-rules.ts';

const spec = FieldPath.of('spec');

function validate({ spec: given }: appsv1.ReplicaSet): FieldError[] {
  if (given === undefined) return [required(spec.child('selector')), required(spec.child('template'))];
  return [
    ...atLeastZero(spec.child('replicas'), given.replicas),
    ...atLeastZero(spec.child('minReadySeconds'), given.minReadySeconds),
    ...validateSelector(given.selector, 'deployment', spec.child('selector')),
    ...validateOwnTemplate(given.template, given.selector, 'ReplicaSet', spec.child('template')),
  ];
}

export const replicaSetDefinition = defineKind<appsv1.ReplicaSet>({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  namespaced: true,
  shortNames: ['rs'],
  categories: ['all'],
  status: {
    validateUpdate: countRules({
      counts: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
      parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    }),
  },
  subresources: { scale: scale() },
  strategy: {
    defaults({ spec: given }) {
      if (given === undefined) return;
      given.replicas ??= 1;
      defaultPodTemplate(given.template);
    },
    validate,
    validateUpdate: (set, old) => [...validate(set), ...immutable(spec.child('selector'), set.spec?.selector, old.spec?.selector)],
    prepareForCreate(set) {
      set.status = { replicas: 0 };
    },
    warnings: (object, old) => workloadWarnings(object.spec?.template, spec.child('template'), object, old),
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    integer('Desired', (set) => set.spec?.replicas ?? 0),
    integer('Current', (set) => set.status?.replicas ?? 0),
    integer('Ready', (set) => set.status?.readyReplicas ?? 0),
    ageColumn,
    ...templateColumns<appsv1.ReplicaSet>(),
    selectorColumn<appsv1.ReplicaSet>(),
  ],
  selectableFields: { 'status.replicas': (set) => String(set.status?.replicas ?? 0) },
});

export const replicaSets = typedKind<appsv1.ReplicaSet>(replicaSetDefinition);
