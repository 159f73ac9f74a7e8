/** FlowSchemas: which requests share a priority level. Upstream: pkg/apis/flowcontrol */
import { FieldPath, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { deprecationText } from '../deprecation.ts';
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';
import { invalidFor, nonEmpty } from '../validation/fields.ts';
import { checkRange } from '../validation/names.ts';

const group = 'flowcontrol.apiserver.k8s.io';
const spec = FieldPath.of('spec');
const deprecationWarning = deprecationText(`${group}/v1beta1 FlowSchema`, { deprecated: '1.23', removed: '1.26', replacement: `${group}/v1beta2 FlowSchema` });

function validate({ spec: given }: flowcontrolv1.FlowSchema): FieldError[] {
  const precedence = given?.matchingPrecedence ?? 0;
  return [
    ...invalidFor(spec.child('matchingPrecedence'), precedence, checkRange(precedence, 1, 10000).map(() => 'must be a value between 1 and 10000')),
    ...nonEmpty(spec.child('priorityLevelConfiguration', 'name'), given?.priorityLevelConfiguration?.name, 'must reference a priority level'),
  ];
}

/** '?' until a controller has looked. */
function missingText({ status }: flowcontrolv1.FlowSchema): string {
  return (status?.conditions ?? []).find(({ type }) => type === 'Dangling')?.status ?? '?';
}

export const flowSchemaDefinition = defineKind<flowcontrolv1.FlowSchema>({
  group,
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning }],
  status: true,
  strategy: {
    defaults({ spec: given }) {
      if (given !== undefined) given.matchingPrecedence ??= 1000;
    },
    validate,
    validateUpdate: (schema) => validate(schema),
    allowUnconditionalUpdate: true,
  },
  columns: [
    nameColumn,
    text('PriorityLevel', ({ spec: given }) => given?.priorityLevelConfiguration?.name ?? ''),
    text('MatchingPrecedence', ({ spec: given }) => given?.matchingPrecedence ?? 0),
    text('DistinguisherMethod', ({ spec: given }) => given?.distinguisherMethod?.type ?? none),
    ageColumn,
    text('MissingPL', missingText),
  ],
});

export const flowSchemas = typedKind<flowcontrolv1.FlowSchema>(flowSchemaDefinition);
