/** Request bodies as objects: JSON, YAML or protobuf, checked against the schema of the version they are in. */
import { decodeObject, type DecodeOptions, type FieldValidation } from '../../apimachinery/decode.ts';
import { findDuplicateFields, parseJson } from '../../apimachinery/json.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { checkDepth } from './depth.ts';
import { duplicateKeysProblem, parseYaml } from '../../apimachinery/yaml.ts';
import { builtinSchema } from '../../resources/schema/builtin.ts';
import type { DraftObject } from '../../resources/definition.ts';
import type { ApiRequest, ServedResource } from '../request.ts';
import { fromProtobuf } from './protobuf.ts';

/** The body of a write as a draft in the client's version, without fields that the schema does not know. */
export async function decodeBody(request: ApiRequest, served: ServedResource, validation: FieldValidation): Promise<DraftObject> {
  if (request.object) return prune(served, draft(request.object), validation, request.warnings);
  const { object, told } = await readBody(request, validation !== 'Ignore');
  if (object === undefined) throw status.badRequest('the body of the request is empty');
  return prune(served, object as DraftObject, validation, request.warnings, told);
}

/** What a body's text alone tells against it. */
type Told = Pick<DecodeOptions, 'duplicates' | 'problems'>;

/**
 * `value`, which the caller gives away, as the schema has it and without empty lists and maps; what Strict refuses is thrown and what Warn
 * says goes to `warnings`.
 */
export function prune(served: ServedResource, value: DraftObject, mode: FieldValidation, warnings: string[], told: Told = {}): DraftObject {
  return decodedAs(served, value, warnings, { ...told, mode, dropEmpty: true });
}

/** The same for a configuration to apply, in which an empty list is a statement. */
export const pruneConfiguration = (served: ServedResource, value: DraftObject, warnings: string[]): DraftObject => decodedAs(served, value, warnings, { mode: 'Ignore' });

function decodedAs(served: ServedResource, value: DraftObject, warnings: string[], options: DecodeOptions): DraftObject {
  const decoded = decodeObject(served.version.schema, value, { ...options, kind: served.definition.kind, version: served.version.name });
  warnings.push(...decoded.warnings);
  decoded.object.metadata ??= {};
  return decoded.object;
}

/** The body of a DELETE or of a subresource: undefined when empty. */
export async function decodeOptions(request: ApiRequest): Promise<AnyObject | undefined> {
  return request.object ?? (await readBody(request, false)).object;
}

/** A posted kind without storage (reviews, bindings, evictions), checked against its schema. */
export async function decodePosted(request: ApiRequest, typeName: string): Promise<DraftObject> {
  const value = await decodeOptions(request);
  if (value === undefined) throw status.badRequest('the body of the request is empty');
  const { object } = decodeObject(builtinSchema(typeName), draft(value), { mode: 'Ignore', kind: value.kind ?? '' });
  object.metadata ??= {};
  return object;
}

async function readBody(request: ApiRequest, isStrict: boolean): Promise<{ object: AnyObject | undefined; told: Told }> {
  const bytes = await request.readBody();
  if (bytes.byteLength === 0) return { object: undefined, told: {} };
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (type === 'application/vnd.kubernetes.protobuf') return { object: fromProtobuf(bytes), told: {} };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  checkDepth(text);
  // Aliases make parts of a YAML document one and the same object: the copy has none.
  if (type === 'application/yaml') {
    const problem = isStrict ? duplicateKeysProblem(text) : undefined;
    return { object: asObject(draft(parseYaml(text))), told: problem === undefined ? {} : { problems: [problem] } };
  }
  if (type !== '' && type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
    throw status.unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
  }
  const object = asObject(parseJson(text));
  return { object, told: isStrict ? { duplicates: findDuplicateFields(text, object) } : {} };
}

function asObject(value: unknown): AnyObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw status.badRequest('the object provided is unrecognized: a JSON object is expected');
  }
  return value as AnyObject;
}
