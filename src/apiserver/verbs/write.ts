/** POST, PUT and PATCH of objects and of subresources that are views of them. */
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { DraftObject } from '../../resources/definition.ts';
import { servedVersionOf, storageVersionOf } from '../negotiation/remote-conversion.ts';
import type { FieldValidation } from '../../apimachinery/decode.ts';
import { decodeBody, prune } from '../negotiation/decode.ts';
import type { ApiRequest, ApiResponse, ServedResource } from '../request.ts';
import type { ObjectWriter, WriteContext } from '../registry/object-writer.ts';
import { managerOf } from '../registry/ownership.ts';
import { applyObject } from './apply.ts';
import { applyPatch, patchTypeOf, readPatch } from './patch.ts';
import { decodePatched } from './patched-object.ts';

export async function createObject(request: ApiRequest, served: ServedResource, writer: ObjectWriter): Promise<ApiResponse> {
  const object = await readObject(request, served);
  if (request.info.name !== '') object.metadata.name = request.info.name;
  if (!object.metadata.name && !object.metadata.generateName) {
    throw status.invalidObject(served.definition.group, served.definition.kind, '', [
      { type: 'FieldValueRequired', field: 'metadata.name', message: 'Required value: name or generateName is required' },
    ]);
  }
  const stored = await writer.create(served.definition, request.info.namespace, await storageVersionOf(served, object), writeContext(request));
  return { type: 'object', status: 201, served, object: stored };
}

export async function updateObject(request: ApiRequest, served: ServedResource, writer: ObjectWriter): Promise<ApiResponse> {
  const { definition } = served;
  const { name, namespace, subresource } = request.info;
  const object = await readObject(request, served);
  if (object.metadata.name && object.metadata.name !== name) {
    throw status.badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`);
  }
  if (definition.namespaced && object.metadata.namespace && object.metadata.namespace !== namespace) {
    throw status.badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  object.metadata.name = name;
  const context = writeContext(request);
  const next = await storageVersionOf(served, object);
  try {
    const stored = await writer.update(definition, namespace, name, () => requireVersion(served, draft(next)), context);
    return { type: 'object', status: 200, served, object: stored };
  } catch (error) {
    if (!status.isNotFound(error) || subresource !== '' || definition.strategy.allowCreateOnUpdate !== true) throw error;
    const stored = await writer.create(definition, namespace, next, context);
    return { type: 'object', status: 201, served, object: stored };
  }
}

function requireVersion({ definition }: ServedResource, object: DraftObject): DraftObject {
  if (definition.strategy.allowUnconditionalUpdate === false && !object.metadata.resourceVersion) {
    throw status.invalidObject(definition.group, definition.kind, object.metadata.name ?? '', [
      { type: 'FieldValueInvalid', field: 'metadata.resourceVersion', message: 'Invalid value: 0: must be specified for an update' },
    ]);
  }
  return object;
}

export async function patchObject(request: ApiRequest, served: ServedResource, writer: ObjectWriter): Promise<ApiResponse> {
  const { name, namespace } = request.info;
  const type = patchTypeOf(request);
  if (type === 'application/apply-patch+yaml') return applyObject(request, served, writer);
  if (request.query.has('force')) throw forceForbidden();
  const body = await request.readBody();
  const validation = fieldValidation(request);
  const patch = readPatch(type, body, validation);
  const context = writeContext(request);
  const speaksOfOwners = Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes('managedFields');
  const next = async (current: AnyObject): Promise<DraftObject> => {
    const before = knownFields(served, await servedVersionOf(served, speaksOfOwners ? current : withoutOwners(current)));
    const patched = applyPatch(type, served, before, patch);
    const pruned = decodePatched(served, patched, { type, patch, validation, warnings: request.warnings });
    if (pruned.metadata.name !== name) throw status.badRequest(`the name of the object (${pruned.metadata.name ?? ''}) does not match the name on the URL (${name})`);
    if (!changesVersion(before, pruned)) delete pruned.metadata.resourceVersion;
    return storageVersionOf(served, pruned);
  };
  const stored = await writer.update(served.definition, namespace, name, (current) => next(current.object), context);
  return { type: 'object', status: 200, served, object: stored };
}

/** Fields that came with a later version than the client's are no fault of its patch. */
function knownFields(served: ServedResource, object: AnyObject): AnyObject {
  if (served.version.name === served.definition.storageVersion) return object;
  return prune(served, draft(object), 'Ignore', []) as AnyObject;
}

/** Ownership is kept by whoever writes the object: patches need not carry it. */
function withoutOwners(object: AnyObject): AnyObject {
  const { managedFields: _owners, ...metadata } = object.metadata;
  return { ...object, metadata };
}

const forceForbidden = (): status.StatusError =>
  status.invalidObject('meta.k8s.io', 'PatchOptions', '', [{ type: 'FieldValueForbidden', field: 'force', message: 'Forbidden: may not be specified for non-apply patch' }]);

/** A patch insists on a resourceVersion only where it states one that is not the current one. */
const changesVersion = (before: AnyObject, after: DraftObject): boolean => after.metadata.resourceVersion !== before.metadata.resourceVersion;

async function readObject(request: ApiRequest, served: ServedResource): Promise<DraftObject> {
  const object = await decodeBody(request, served, fieldValidation(request));
  const { group } = served.definition;
  const expected = formatApiVersion({ group, version: served.version.name });
  if (!object.apiVersion) object.apiVersion = expected;
  if (!object.kind) object.kind = served.definition.kind;
  if (object.apiVersion !== expected) throw status.badRequest(`the API version in the data (${object.apiVersion ?? ''}) does not match the expected API version (${expected})`);
  if (object.kind !== served.definition.kind) throw status.badRequest(`${object.kind ?? ''} in version "${served.version.name}" cannot be handled as a ${served.definition.kind}: converting (${expected}, Kind=${object.kind ?? ''}) to expected kind ${served.definition.kind}`);
  return object;
}

export function fieldValidation(request: ApiRequest): FieldValidation {
  const value = request.query.get('fieldValidation') ?? '';
  if (value === '') return request.object ? 'Ignore' : 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw status.badRequest(`invalid fieldValidation parameter: fieldValidation: Unsupported value: ${JSON.stringify(value)}: supported values: "Ignore", "Strict", "Warn"`);
}

export function writeContext(request: ApiRequest): WriteContext {
  const { info, query } = request;
  const ownership = { manager: managerOf(checkedManager(query.get('fieldManager')), request.headers.get('user-agent')), apiVersion: formatApiVersion(info) };
  return { user: request.user, dryRun: isDryRun(query.getAll('dryRun')), warnings: request.warnings, subresource: info.subresource, ownership };
}

/** Throws 422 for a name that is too long or holds control characters. */
function checkedManager(name: string | null): string | null {
  if (name === null || name === '') return null;
  const refuse = (message: string): never => {
    throw status.invalidObject('meta.k8s.io', 'PatchOptions', '', [{ type: 'FieldValueInvalid', field: 'fieldManager', message: `Invalid value: ${JSON.stringify(name)}: ${message}` }]);
  };
  if (Buffer.byteLength(name) > 128) refuse('may not be more than 128 bytes');
  return /\p{C}/u.test(name) ? refuse('should only contain printable characters') : name;
}

/** Throws 422 for anything but All. */
export function isDryRun(values: readonly string[]): boolean {
  const given = values.filter((value) => value !== '');
  const wrong = given.find((value) => value !== 'All');
  if (wrong !== undefined) {
    throw status.invalidObject('meta.k8s.io', 'CreateOptions', '', [{ type: 'FieldValueNotSupported', field: 'dryRun', message: `Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"` }]);
  }
  return given.length > 0;
}

