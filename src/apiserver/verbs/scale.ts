/** The scale subresource: an autoscaling/v1 Scale read from, and written through, the parent's replica fields. */
import { timestamp } from '../../base/clock.ts';
import { applyConfiguration, type Applier } from '../../apimachinery/field-manager/field-manager.ts';
import type { ManagedFieldsEntry } from '../../apimachinery/field-manager/managed-fields.ts';
import { draft, type AnyObject, type Draft } from '../../apimachinery/object.ts';
import { selectorOf, type LabelSelectorObject } from '../../apimachinery/label-selector.ts';
import * as status from '../../apimachinery/status-error.ts';
import { scaleColumns } from '../../resources/autoscaling/scale-columns.ts';
import { builtinSchema } from '../../resources/schema/builtin.ts';
import type { DraftObject, SubresourceDefinition } from '../../resources/definition.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import { apiVersionOf } from '../negotiation/conversion.ts';
import { decodePosted } from '../negotiation/decode.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import type { ObjectWriter } from '../registry/object-writer.ts';
import type { ApiRequest, ApiResponse, ServedResource } from '../request.ts';
import { isTrue } from '../request-info.ts';
import { applierOf, readTyped } from './apply.ts';
import { applyPatch, patchTypeOf, readPatch } from './patch.ts';
import { parentEntries, scaleApiVersion, scaleEntries } from './scale-ownership.ts';
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
  if (type === 'application/apply-patch+yaml') return applyScale(request, served, scale, writer);
  const patch = readPatch(type, await request.readBody());
  const view: ServedResource = { definition: served.definition, version: { name: 'v1', schema: builtinSchema(scaleType) } };
  return write(request, served, scale, writer, (current) => applyPatch(type, view, current, patch) as Scale);
}

/** Server-side apply of a Scale: ownership of the parent's replicas is seen as the Scale's, and goes back to the parent. */
async function applyScale(request: ApiRequest, served: ServedResource, scale: ScaleDefinition, writer: ObjectWriter): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  const ownership = applierOf(request, scaleApiVersion);
  const schema = builtinSchema(scaleType);
  const config = await readTyped(request, schema, { apiVersion: scaleApiVersion, kind: 'Scale' });
  const { specReplicasPath: path } = scale;
  const applier: Applier = { manager: ownership.manager, apiVersion: scaleApiVersion, subresource: 'scale', now: timestamp(writer.now()), force: isTrue(request.query.get('force')) };
  const next = ({ object: parent }: CachedObject): DraftObject => {
    const live = toScale(parent, scale);
    const bare = { kind: 'Scale', apiVersion: scaleApiVersion, metadata: { name, namespace, managedFields: scaleEntries(parent.metadata.managedFields, path) }, spec: live['spec'] } as unknown as AnyObject;
    const { object: applied } = applyConfiguration(schema, bare, { ...config, metadata: { ...config.metadata, name, namespace } }, applier);
    const object = withReplicas(parent, scale, applied as Scale, live, name);
    object.metadata.managedFields = parentEntries(parent.metadata.managedFields, applied.metadata.managedFields, path, apiVersionOf(served)) as Draft<ManagedFieldsEntry>[];
    return object;
  };
  const stored = await writer.update(served.definition, namespace, name, next, { ...writeContext(request), subresource: 'scale', ownership });
  return answer(toScale(stored.object, scale));
}

async function write(request: ApiRequest, served: ServedResource, scale: ScaleDefinition, writer: ObjectWriter, wanted: (current: AnyObject) => Scale): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  const next = (current: CachedObject): DraftObject => {
    const before = toScale(current.object, scale);
    return withReplicas(current.object, scale, wanted(before), before, name);
  };
  const stored = await writer.update(served.definition, namespace, name, next, { ...writeContext(request), subresource: 'scale' });
  return answer(toScale(stored.object, scale));
}

/** The parent as a Scale wants it. Throws 422 for a number that cannot be. */
function withReplicas(parent: AnyObject, scale: ScaleDefinition, wanted: Scale, before: AnyObject, name: string): DraftObject {
  const replicas = wanted.spec?.replicas ?? 0;
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw status.invalidObject('autoscaling', 'Scale', name, [{ type: 'FieldValueInvalid', field: 'spec.replicas', message: `Invalid value: ${replicas}: must be greater than or equal to 0` }]);
  }
  const object: DraftObject = draft(parent);
  setPath(object, scale.specReplicasPath, replicas);
  const { resourceVersion } = wanted.metadata;
  if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) object.metadata.resourceVersion = resourceVersion;
  return object;
}

const answer = (object: AnyObject): ApiResponse => ({ type: 'object', status: 200, served: undefined, object, columns: scaleColumns });

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
