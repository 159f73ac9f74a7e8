/** RuntimeClasses. Upstream: pkg/apis/node/validation */
import { ageColumn, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { FieldPath, type FieldError } from '../../apimachinery/field-error.ts';
import { retired } from '../deprecation.ts';
import { checkedText, immutable } from '../validation/fields.ts';
import { validateLabels } from '../validation/labels.ts';
import { checkDnsLabel } from '../validation/names.ts';
import { validateRequirements } from '../validation/resource-lists.ts';
import { validateTolerations } from '../pod-spec/scheduling.ts';
import type * as nodev1 from '../types/node-v1.ts';

function validate({ handler, overhead, scheduling }: nodev1.RuntimeClass): FieldError[] {
  const at = FieldPath.of('scheduling');
  return [
    ...checkedText(FieldPath.of('handler'), handler, checkDnsLabel),
    ...(overhead === undefined ? [] : validateRequirements({ limits: overhead.podFixed }, FieldPath.of('overhead'))),
    ...(scheduling === undefined ? [] : [...validateLabels(scheduling.nodeSelector, at.child('nodeSelector')), ...validateTolerations(scheduling.tolerations ?? [], at.child('tolerations'))]),
  ];
}

export const runtimeClassDefinition = defineKind<nodev1.RuntimeClass>({
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('node.k8s.io', 'v1beta1', 'RuntimeClass', '1.22', '1.25') }],
  strategy: {
    generation: 'none',
    validate,
    validateUpdate: ({ handler }, old) => immutable(FieldPath.of('handler'), handler, old.handler),
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Handler', ({ handler }) => handler ?? ''), ageColumn],
});

export const runtimeClasses = typedKind<nodev1.RuntimeClass>(runtimeClassDefinition);
