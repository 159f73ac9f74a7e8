/** Stage objects in the cluster: kwok's CustomResourceDefinition, so that its stage files can be applied. */
import type { KubeObject } from '../apimachinery/object.ts';
import type { Kind } from '../resources/definition.ts';
import type * as apiextensionsv1 from '../resources/types/apiextensions-v1.ts';
import type { Stage } from './stage.ts';

export type StageObject = KubeObject & Pick<Stage, 'spec'>;

export const stageKind: Kind<StageObject> = { group: 'kwok.x-k8s.io', version: 'v1alpha1', plural: 'stages', kind: 'Stage', namespaced: false };
export const stageDefinitionName = 'stages.kwok.x-k8s.io';

type Schema = apiextensionsv1.JSONSchemaProps;

const text: Schema = { type: 'string' };
const yes: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', format: 'int64', minimum: 0 };
const texts: Schema = { type: 'object', additionalProperties: text };
const object = (properties: Record<string, Schema>, required?: string[]): Schema => ({ type: 'object', properties, ...(required && { required }) });
const list = (items: Schema): Schema => ({ type: 'array', items });

const expression = object({ expressionFrom: text, jq: object({ expression: text }) });
const requirement = { key: text, operator: text, values: list(text) };
const finalizers = list(object({ value: text }));
const event = object({ type: text, reason: text, message: text });
const finalizersChange = object({ add: finalizers, remove: finalizers, empty: yes });
const patch = object({ subresource: text, root: text, template: text, type: { type: 'string', enum: ['json', 'merge', 'strategic'] }, impersonation: object({ username: text }, ['username']) });

const spec = object(
  {
    resourceRef: object({ apiGroup: { type: 'string', default: 'v1' }, kind: text }, ['kind']),
    selector: object({ matchLabels: texts, matchAnnotations: texts, matchExpressions: list(object({ ...requirement, expression: text, jq: object(requirement), cel: object({ expression: text }) })) }),
    weight: { type: 'integer', minimum: 0, default: 0 },
    weightFrom: expression,
    delay: object({ durationMilliseconds: count, durationFrom: expression, jitterDurationMilliseconds: count, jitterDurationFrom: expression }),
    next: object({ event, finalizers: finalizersChange, patches: list(patch), delete: yes, statusTemplate: text, statusSubresource: { type: 'string', default: 'status' }, statusPatchAs: object({ username: text }, ['username']) }),
    steps: list({ type: 'object', properties: { event, finalizers: finalizersChange, patch }, 'x-kubernetes-preserve-unknown-fields': true }),
    immediateNextStage: yes,
  },
  ['resourceRef'],
);

export const stageDefinition: Pick<apiextensionsv1.CustomResourceDefinition, 'metadata' | 'spec'> = {
  metadata: { name: stageDefinitionName },
  spec: {
    group: stageKind.group,
    names: { kind: 'Stage', listKind: 'StageList', plural: stageKind.plural, singular: 'stage' },
    scope: 'Cluster',
    versions: [
      {
        name: stageKind.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', properties: { apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }, required: ['spec'] } },
      },
    ],
  },
};
