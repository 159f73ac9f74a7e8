/** The scale subresource: an autoscaling/v1 Scale read from, and written through, the parent's replica fields. */
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import { selectorOf, type LabelSelectorObject } from '../../apimachinery/label-selector.ts';
import * as status from '../../apimachinery/status-error.ts';
import { builtinSchema } from '../../resources/schema/builtin.ts';
import type { DraftObject, SubresourceDefinition } from '../../resources/definition.ts';
import { decodePosted } from '../negotiation/decode.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ObjectWriter } from '../registry/object-writer.ts';
import type { ApiRequest, ApiResponse, ServedResource } from '../request.ts';
import { applyPatch, patchTypeOf } from './patch.ts';
import { writeContext } from './write.ts';

type ScaleDefinition = Extract<SubresourceDefinition, { type: 'scale' }>;
type Scale = AnyObject & { readonly spec?: { readonly replicas?: number } };

const scaleType = 'io.k8s.api.autoscaling.v1.Scale';

export async function readScale(request: ApiRequest, served: ServedResource, scale: ScaleDefinition, store: ObjectStore): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  return answer(toScale(store.get(served.definition, namespace, name).object, scale));
}

export async function replaceScale(request: ApiRequest, served: ServedResource, scale: ScaleDefinition, writer: ObjectWriter): Promise<ApiResponse> {
  const posted = (await decodePosted(request, scaleType)) as Scale;
  return write(request, served, scale, writer, () => posted);
}

export async function patchScale(request: ApiRequest, served: ServedResource, scale: ScaleDefinition, writer: ObjectWriter): Promise<ApiResponse> {
  const type = patchTypeOf(request);
  const body = await request.readBody();
  const view: ServedResource = { definition: served.definition, version: { name: 'v1', schema: builtinSchema(scaleType) } };
  return write(request, served, scale, writer, (current) => applyPatch(type, view, current, body) as Scale);
}

async function write(request: ApiRequest, served: ServedResource, scale: ScaleDefinition, writer: ObjectWriter, wanted: (current: AnyObject) => Scale): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  const stored = await writer.update(
    served.definition,
    namespace,
    name,
    (current) => {
      const before = toScale(current.object, scale);
      const next = wanted(before);
      const replicas = next.spec?.replicas ?? 0;
      if (!Number.isInteger(replicas) || replicas < 0) {
        throw status.invalidObject('autoscaling', 'Scale', name, [{ type: 'FieldValueInvalid', field: 'spec.replicas', message: `Invalid value: ${replicas}: must be greater than or equal to 0` }]);
      }
      const object: DraftObject = draft(current.object);
      setPath(object, scale.specReplicasPath, replicas);
      if (next.metadata.resourceVersion !== before.metadata.resourceVersion && next.metadata.resourceVersion) object.metadata.resourceVersion = next.metadata.resourceVersion;
      return object;
    },
    { ...writeContext(request), subresource: 'scale' },
  );
  return answer(toScale(stored.object, scale));
}

const answer = (object: AnyObject): ApiResponse => ({ type: 'object', status: 200, served: undefined, object });

function toScale(parent: AnyObject, scale: ScaleDefinition): AnyObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = parent.metadata;
  const selector = scale.labelSelectorPath === undefined ? selectorText(getPath(parent, 'spec.selector')) : String(getPath(parent, scale.labelSelectorPath) ?? '');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(getPath(parent, scale.specReplicasPath) ?? 0) },
    status: { replicas: Number(getPath(parent, scale.statusReplicasPath) ?? 0), ...(selector === '' ? {} : { selector }) },
  } as unknown as AnyObject;
}

/** A LabelSelector object, or the flat map that ReplicationControllers have. */
function selectorText(selector: unknown): string {
  if (typeof selector !== 'object' || selector === null) return '';
  const structured = 'matchLabels' in selector || 'matchExpressions' in selector;
  return selectorOf(structured ? (selector as LabelSelectorObject) : { matchLabels: selector as Record<string, string> }).toString();
}

function getPath(object: AnyObject, path: string): unknown {
  let value: unknown = object;
  for (const step of path.replace(/^\./, '').split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
  return value;
}

function setPath(object: DraftObject, path: string, value: unknown): void {
  const steps = path.replace(/^\./, '').split('.');
  const last = steps.pop() ?? '';
  let target = object as Record<string, unknown>;
  for (const step of steps) target = (target[step] ??= {}) as Record<string, unknown>;
  target[last] = value;
}
