/** HorizontalPodAutoscalers, stored as v2. Upstream: pkg/apis/autoscaling/v2/defaults.go, pkg/apis/autoscaling/validation */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import type { Draft } from '../../apimachinery/object.ts';
import { ageColumn, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as autoscalingv2 from '../types/autoscaling-v2.ts';
import { atLeastZero, checkedText } from '../validation/fields.ts';
import { checkPathSegmentName } from '../validation/names.ts';
import { fromV1, fromV2beta1, toV1, toV2beta1 } from './conversion.ts';
import { validateBehavior, validateMetric } from './metric-rules.ts';
import { targetsText } from './targets-text.ts';

const spec = FieldPath.of('spec');
type Autoscaler = autoscalingv2.HorizontalPodAutoscaler;

function defaults({ spec: given }: Draft<Autoscaler>): void {
  if (given === undefined) return;
  given.minReplicas ??= 1;
  if ((given.metrics ?? []).length === 0) given.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  const behavior = given.behavior;
  if (behavior === undefined) return;
  behavior.scaleUp = {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
    ...behavior.scaleUp,
  };
  behavior.scaleDown = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }], ...behavior.scaleDown };
}

function validate({ spec: given }: Autoscaler): FieldError[] {
  const ref = spec.child('scaleTargetRef');
  const min = given?.minReplicas;
  const max = given?.maxReplicas ?? 0;
  return [
    ...(min !== undefined && min < 1 ? [invalid(spec.child('minReplicas'), min, 'must be greater than or equal to 1')] : []),
    ...(max < 1 ? [invalid(spec.child('maxReplicas'), max, 'must be greater than 0')] : []),
    ...(min !== undefined && max < min ? [invalid(spec.child('maxReplicas'), max, 'must be greater than or equal to `minReplicas`')] : []),
    ...checkedText(ref.child('kind'), given?.scaleTargetRef?.kind, checkPathSegmentName),
    ...checkedText(ref.child('name'), given?.scaleTargetRef?.name, checkPathSegmentName),
    ...(given?.metrics ?? []).flatMap((metric, i) => validateMetric(metric, spec.child('metrics').index(i))),
    ...(given?.behavior === undefined ? [] : validateBehavior(given.behavior, spec.child('behavior'))),
  ];
}

function validateStatus({ status }: Autoscaler): FieldError[] {
  const at = FieldPath.of('status');
  return [...atLeastZero(at.child('currentReplicas'), status?.currentReplicas), ...atLeastZero(at.child('desiredReplicas'), status?.desiredReplicas)];
}

const warning = (version: string, deprecated: string, removed: string): string => retired('autoscaling', version, 'HorizontalPodAutoscaler', deprecated, removed, 'v2');

export const horizontalPodAutoscalerDefinition = defineKind<Autoscaler>({
  group: 'autoscaling',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  namespaced: true,
  shortNames: ['hpa'],
  categories: ['all'],
  versions: [
    'v2',
    { name: 'v1', toStorage: fromV1, fromStorage: toV1 },
    { name: 'v2beta1', toStorage: fromV2beta1, fromStorage: toV2beta1, deprecationWarning: warning('v2beta1', '1.22', '1.25') },
    { name: 'v2beta2', deprecationWarning: warning('v2beta2', '1.23', '1.26') },
  ],
  storageVersion: 'v2',
  status: { validateUpdate: validateStatus },
  strategy: { generation: 'none', defaults, validate, validateUpdate: (autoscaler) => validate(autoscaler), allowUnconditionalUpdate: true },
  columns: [
    nameColumn,
    text('Reference', ({ spec: given }) => `${given?.scaleTargetRef?.kind ?? ''}/${given?.scaleTargetRef?.name ?? ''}`),
    text('Targets', targetsText),
    text('MinPods', ({ spec: given }) => (given?.minReplicas === undefined ? unset : String(given.minReplicas))),
    text('MaxPods', ({ spec: given }) => given?.maxReplicas ?? 0),
    text('Replicas', ({ status }) => status?.currentReplicas ?? 0),
    ageColumn,
  ],
});

export const horizontalPodAutoscalers = typedKind<Autoscaler>(horizontalPodAutoscalerDefinition);
