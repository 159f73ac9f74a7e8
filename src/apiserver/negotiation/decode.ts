/** Request bodies as objects: JSON, YAML or protobuf, checked against the schema of the version they are in. */
import { messageOf } from '../../base/errors.ts';
import { decodeObject } from '../../apimachinery/decode.ts';
import { findDuplicateKeys } from '../../apimachinery/json.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import { decodeProtobuf } from '../../apimachinery/protobuf.ts';
import * as status from '../../apimachinery/status-error.ts';
import { parseYaml } from '../../apimachinery/yaml.ts';
import { builtinSchema, typeOfKind } from '../../resources/schema/builtin.ts';
import type { DraftObject } from '../../resources/definition.ts';
import type { ApiRequest, ServedResource } from '../request.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** The body of a write as a draft in the client's version, without fields that the schema does not know. */
export async function decodeBody(request: ApiRequest, served: ServedResource, validation: FieldValidation): Promise<DraftObject> {
  if (request.object) return pruneDecoded(served, request.object, validation, request.warnings);
  const { object, problems } = await readBody(request, validation !== 'Ignore');
  if (object === undefined) throw status.badRequest('the body of the request is empty');
  return pruneDecoded(served, object, validation, request.warnings, problems);
}

/** Prunes a decoded object; what Strict refuses and Warn says is `problems` and what pruning finds. */
export function pruneDecoded(served: ServedResource, value: AnyObject, validation: FieldValidation, warnings: string[], problems: readonly string[] = []): DraftObject {
  const { object, unknown } = decodeObject(served.version.schema, value, served.definition.kind);
  const found = [...problems, ...unknown];
  if (found.length > 0 && validation === 'Strict') throw strictError(served, value, found);
  if (validation === 'Warn') warnings.push(...found);
  const result = object as DraftObject;
  result.metadata ??= {};
  return result;
}

function strictError(served: ServedResource, value: AnyObject, problems: readonly string[]): status.StatusError {
  const { kind } = served.definition;
  const what = `${kind} in version "${served.version.name}" cannot be handled as a ${kind}`;
  return status.badRequest(`${what}: strict decoding error: ${problems.join(', ')}${value.kind === undefined ? '' : ''}`);
}

/** The body of a DELETE or of a subresource: undefined when empty. */
export async function decodeOptions(request: ApiRequest): Promise<AnyObject | undefined> {
  return request.object ?? (await readBody(request, false)).object;
}

/** A posted kind without storage (reviews, bindings, evictions), checked against its schema. */
export async function decodePosted(request: ApiRequest, typeName: string): Promise<DraftObject> {
  const value = await decodeOptions(request);
  if (value === undefined) throw status.badRequest('the body of the request is empty');
  const object = decodeObject(builtinSchema(typeName), value, value.kind ?? '').object as DraftObject;
  object.metadata ??= {};
  return object;
}

async function readBody(request: ApiRequest, wantDuplicates: boolean): Promise<{ object: AnyObject | undefined; problems: readonly string[] }> {
  const bytes = await request.readBody();
  if (bytes.byteLength === 0) return { object: undefined, problems: [] };
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (type === 'application/vnd.kubernetes.protobuf') return { object: fromProtobuf(bytes), problems: [] };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  if (type === 'application/yaml') return { object: asObject(parse(() => parseYaml(text))), problems: [] };
  if (type !== '' && type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
    throw status.unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  }
  const object = asObject(parse(() => JSON.parse(text) as unknown));
  return { object, problems: wantDuplicates ? findDuplicateKeys(text) : [] };
}

function fromProtobuf(bytes: Uint8Array): AnyObject {
  const resolve = (apiVersion: string, kind: string): ReturnType<typeof builtinSchema> | undefined => {
    const slash = apiVersion.indexOf('/');
    const type = typeOfKind(slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind);
    return type === undefined ? undefined : builtinSchema(type);
  };
  return draft(parse(() => decodeProtobuf(bytes, resolve)) as AnyObject) as AnyObject;
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof status.StatusError) throw error;
    throw status.badRequest(`the object provided is unrecognized (must be of type the server knows): couldn't get version/kind; json parse error: ${messageOf(error)}`);
  }
}

function asObject(value: unknown): AnyObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw status.badRequest('the object provided is unrecognized: a JSON object is expected');
  }
  return value as AnyObject;
}
