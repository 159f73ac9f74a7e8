/**
 * Server-side apply: PATCH with a configuration, which creates the object when it is absent.
 * Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go (applyPatcher)
 */
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { DraftObject } from '../../resources/definition.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import { toStorageVersion } from '../negotiation/conversion.ts';
import { prune } from '../negotiation/decode.ts';
import type { ObjectWriter, WriteContext } from '../registry/object-writer.ts';
import { applyOwned, type Ownership } from '../registry/ownership.ts';
import { isTrue } from '../request-info.ts';
import type { ApiRequest, ApiResponse, ServedResource } from '../request.ts';
import { parsePatch } from './patch.ts';
import { fieldValidation, writeContext } from './write.ts';

export async function applyObject(request: ApiRequest, served: ServedResource, writer: ObjectWriter): Promise<ApiResponse> {
  const { definition } = served;
  const { namespace, name, subresource } = request.info;
  const context = writeContext(request);
  const manager = request.query.get('fieldManager') ?? '';
  if (manager === '') {
    throw status.invalidObject('meta.k8s.io', 'PatchOptions', '', [{ type: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' }]);
  }
  const ownership: Ownership = { manager, apiVersion: formatApiVersion({ group: definition.group, version: served.version.name }), applied: true };
  const config = await readConfiguration(request, served);
  const force = isTrue(request.query.get('force'));
  const apply = (live: AnyObject | undefined): DraftObject => {
    checkIdentity(definition.group, definition.plural, config, live);
    const { object, isChanged } = applyOwned(definition, live, config, { ownership, subresource, now: writer.now(), force });
    return live && !isChanged ? draft(live) : draft(object);
  };
  const applied: WriteContext = { ...context, ownership };
  for (;;) {
    try {
      const stored = await writer.update(definition, namespace, name, (current: CachedObject) => apply(current.object), applied);
      return { type: 'object', status: 200, served, object: stored };
    } catch (error) {
      if (!isMissing(error, definition.plural) || subresource !== '') throw error;
    }
    try {
      const stored = await writer.create(definition, namespace, apply(undefined), applied);
      return { type: 'object', status: 201, served, object: stored };
    } catch (error) {
      if (!status.isAlreadyExists(error)) throw error;
    }
  }
}

const isMissing = (error: unknown, plural: string): boolean => status.isNotFound(error) && error.status.details?.kind === plural;

/** The configuration in the storage version, without fields that the schema does not know. */
async function readConfiguration(request: ApiRequest, served: ServedResource): Promise<AnyObject> {
  const { definition, version } = served;
  const { name, namespace } = request.info;
  const sent = parsePatch(await request.readBody()) as AnyObject;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw status.badRequest('error decoding YAML: a configuration is an object');
  const expected = formatApiVersion({ group: definition.group, version: version.name });
  if (sent.apiVersion !== expected || sent.kind !== definition.kind) {
    throw status.badRequest(`error decoding patch: the configuration is of ${sent.apiVersion ?? ''}, Kind=${sent.kind ?? ''}, the request of ${expected}, Kind=${definition.kind}`);
  }
  const config = prune(served, draft({ ...sent, metadata: sent.metadata ?? {} }), fieldValidation(request), request.warnings);
  const { metadata } = config;
  if (metadata.managedFields !== undefined && metadata.managedFields.length > 0) throw status.badRequest('metadata.managedFields must be nil');
  if (metadata.name !== undefined && metadata.name !== '' && metadata.name !== name) {
    throw status.badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  metadata.name = name;
  if (definition.namespaced) {
    if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== namespace) {
      throw status.badRequest(`the namespace of the object (${metadata.namespace}) does not match the namespace on the request (${namespace})`);
    }
    metadata.namespace = namespace;
  }
  return toStorageVersion(served, config) as AnyObject;
}

/** A configuration may insist on the object it was made for. */
function checkIdentity(group: string, resource: string, { metadata }: AnyObject, live: AnyObject | undefined): void {
  const { name = '', uid, resourceVersion } = metadata;
  if (live === undefined) {
    if (uid) throw status.conflict({ group, resource }, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
    return;
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw status.conflict({ group, resource }, name, status.modifiedMessage);
  if (uid && uid !== live.metadata.uid) throw status.conflict({ group, resource }, name, `uid mismatch: the provided object specified uid ${uid}, and the existing object has uid ${live.metadata.uid ?? ''}`);
}
