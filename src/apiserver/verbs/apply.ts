/**
 * Server-side apply: PATCH with a configuration, which creates the object when it is absent.
 * Upstream: k8s.io/apiserver/pkg/endpoints/handlers/patch.go (applyPatcher)
 */
import { configurationProblems, joinProblems } from '../../apimachinery/field-manager/check-configuration.ts';
import { kubectlManager, lastAppliedOf, withLastApplied } from '../../apimachinery/field-manager/last-applied.ts';
import { restoreNulls } from '../../apimachinery/field-manager/said-nulls.ts';
import type { JsonObject } from '../../apimachinery/field-manager/structure.ts';
import { parseApiVersion } from '../../apimachinery/group-version.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import type { Schema } from '../../apimachinery/schema.ts';
import * as status from '../../apimachinery/status-error.ts';
import { findDuplicateYamlLines } from '../../apimachinery/yaml.ts';
import type { DraftObject } from '../../resources/definition.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import { apiVersionOf } from '../negotiation/conversion.ts';
import { storageVersionOf } from '../negotiation/remote-conversion.ts';
import { pruneConfiguration } from '../negotiation/decode.ts';
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
  const ownership = applierOf(request, apiVersionOf(served));
  const { sent, config } = await readConfiguration(request, served);
  const force = isTrue(request.query.get('force'));
  const isKubectl = ownership.manager === kubectlManager;
  const apply = async (live: AnyObject | undefined): Promise<DraftObject> => {
    checkIdentity(definition.group, definition.plural, config, live);
    const lastApplied = live && isKubectl ? await clientApplied(served, live, ownership.apiVersion) : undefined;
    const { object, isChanged } = applyOwned(definition, live, config, { ownership, subresource, now: writer.now(), force, lastApplied });
    const next = live && !isChanged ? draft(live) : draft(object);
    if (isKubectl && next.metadata.annotations) next.metadata.annotations = withLastApplied(next.metadata.annotations, sent);
    return next;
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
      const stored = await writer.create(definition, namespace, await apply(undefined), applied);
      return { type: 'object', status: 201, served, object: stored };
    } catch (error) {
      if (!status.isAlreadyExists(error)) throw error;
    }
  }
}

/** In whose name a configuration is applied: an apply must say it. */
export function applierOf(request: ApiRequest, apiVersion: string): Ownership {
  const manager = request.query.get('fieldManager') ?? '';
  if (manager !== '') return { manager, apiVersion, applied: true };
  throw status.invalidObject('meta.k8s.io', 'PatchOptions', '', [{ type: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' }]);
}

/** What client-side apply left on the object, in the storage version. */
async function clientApplied(served: ServedResource, live: AnyObject, apiVersion: string): Promise<AnyObject | undefined> {
  const before = lastAppliedOf(live, apiVersion);
  return before && ((await storageVersionOf(served, pruneConfiguration(served, draft(before), []))) as AnyObject);
}

const isMissing = (error: unknown, plural: string): boolean => status.isNotFound(error) && error.status.details?.kind === plural;

interface Configuration {
  /** As the client wrote it. */
  readonly sent: AnyObject;
  /** In the storage version. */
  readonly config: AnyObject;
}

async function readConfiguration(request: ApiRequest, served: ServedResource): Promise<Configuration> {
  const { definition } = served;
  const { name, namespace } = request.info;
  const sent = await readTyped(request, served.version.schema, { apiVersion: apiVersionOf(served), kind: definition.kind });
  const config = pruneConfiguration(served, draft({ ...sent, metadata: sent.metadata ?? {} }), request.warnings);
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
  const stored = draft((await storageVersionOf(served, config)) as AnyObject);
  if (stored.apiVersion === sent.apiVersion && served.version.schema.type === 'struct') restoreNulls(served.version.schema, sent as JsonObject, stored);
  return { sent, config: stored as AnyObject };
}

/** The configuration that was sent, of the kind that the URL is of, and fit for its schema. Throws 400, and 500 where upstream does. */
export async function readTyped(request: ApiRequest, schema: Schema, expected: { readonly apiVersion: string; readonly kind: string }): Promise<AnyObject> {
  const body = await request.readBody();
  const sent = parsePatch(body) as AnyObject;
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw status.badRequest('error decoding YAML: a configuration is an object');
  if (sent.apiVersion !== expected.apiVersion || sent.kind !== expected.kind) {
    throw status.badRequest(`error decoding patch: the configuration is of ${sent.apiVersion ?? ''}, Kind=${sent.kind ?? ''}, the request of ${expected.apiVersion}, Kind=${expected.kind}`);
  }
  reportDuplicates(request, body, sent);
  const problems = configurationProblems(schema, sent);
  if (problems.length > 0) {
    const { group, version } = parseApiVersion(expected.apiVersion);
    const where = `${sent.metadata?.namespace ?? ''}/${sent.metadata?.name ?? ''}; ${group}/${version}, Kind=${expected.kind}`;
    throw new status.StatusError({ code: 500, message: `failed to create typed patch object (${where}): ${joinProblems(problems)}` });
  }
  return sent;
}

/** Keys that a mapping has twice are told of or refused, as fieldValidation says. */
function reportDuplicates(request: ApiRequest, body: Uint8Array, sent: AnyObject): void {
  const mode = fieldValidation(request);
  if (mode === 'Ignore') return;
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  if (JSON.stringify(sent) === text) return;
  const duplicates = findDuplicateYamlLines(text);
  if (duplicates.length === 0) return;
  const problem = `yaml: unmarshal errors:\n${duplicates.map(({ line, key }) => `  line ${line}: key ${JSON.stringify(key)} already set in map`).join('\n')}`;
  if (mode === 'Strict') throw status.badRequest(`error strict decoding YAML: error converting YAML to JSON: ${problem}`);
  request.warnings.push(`error converting YAML to JSON: ${problem}`);
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
