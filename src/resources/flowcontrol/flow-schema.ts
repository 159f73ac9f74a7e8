/** FlowSchemas: which requests share a priority level. Upstream: pkg/apis/flowcontrol */
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { deprecationText } from '../deprecation.ts';
import type * as flowcontrolv1 from '../types/flowcontrol-v1.ts';
import { validateStatus } from './conditions.ts';
import { validateFlowSchema } from './flow-schema-rules.ts';

const group = 'flowcontrol.apiserver.k8s.io';
const deprecationWarning = deprecationText(`${group}/v1beta1 FlowSchema`, { deprecated: '1.23', removed: '1.26', replacement: `${group}/v1beta2 FlowSchema` });

/** In the order in which they are tried. */
export const byPrecedence = (a: flowcontrolv1.FlowSchema, b: flowcontrolv1.FlowSchema): number =>
  (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);

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
  status: { validateUpdate: validateStatus },
  strategy: {
    defaults({ spec: given }) {
      if (given !== undefined) given.matchingPrecedence ||= 1000;
    },
    validate: validateFlowSchema,
    validateUpdate: (schema) => validateFlowSchema(schema),
    allowUnconditionalUpdate: true,
  },
  rowOrder: byPrecedence,
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
