/**
 * From parsed JSON to an object of a known form: unknown fields are dropped (and told of, when asked), nulls are absent, scalars
 * are checked and brought to the text upstream would give back. Types with a definition name are checked as upstream's typed decoder
 * does; custom kinds are only pruned, since their schema's validation judges types.
 * Upstream: sigs.k8s.io/json, k8s.io/apimachinery/pkg/runtime/serializer/json
 */
import { decodeScalar, DecodeError, goTypeName, jsonTypeName, TypeMismatch } from './decode-scalars.ts';
import type { Draft, AnyObject } from './object.ts';
import type { Field, ListSchema, MapSchema, Schema, StructSchema } from './schema.ts';
import { badRequest } from './status-error.ts';

export { DecodeError, TypeMismatch } from './decode-scalars.ts';

/** The query parameter fieldValidation. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface DecodeOptions {
  readonly mode: FieldValidation;
  /** The kind and version as they appear in refusals: `Deployment in version "v1" cannot be handled as a Deployment`. */
  readonly kind?: string;
  readonly version?: string;
  /** Paths of fields that the text had twice; see `findDuplicateFields`. */
  readonly duplicates?: readonly string[];
  /** What strict decoding already has against the value: told of before all else. */
  readonly problems?: readonly string[];
  /** Lists and maps without anything in them are left away, as upstream's types leave them: optional ones, of built-in types. */
  readonly dropEmpty?: boolean;
  /** What is thrown, instead of a 400 that names kind and version; `error` is absent for what only Strict refuses. */
  readonly refuse?: (why: string, error?: DecodeError) => Error;
}

export interface Decoded {
  readonly object: Draft<AnyObject>;
  /** Texts for Warning headers: `unknown field "spec.foo"`. Empty unless the mode is Warn. */
  readonly warnings: readonly string[];
}

/**
 * Prunes and checks `value`, which becomes the result: the caller gives it away. Throws StatusError 400 in upstream's words for a
 * wrong type, and for unknown or duplicate fields when the mode is Strict.
 */
export function decodeObject(schema: Schema, value: unknown, options: DecodeOptions): Decoded {
  const walk = new Walk(options.mode !== 'Ignore', options.dropEmpty === true);
  let object: unknown;
  try {
    object = walk.value(schema, value);
  } catch (error) {
    if (error instanceof DecodeError) throw (options.refuse ?? refusal(options))(error.message, error);
    throw error;
  }
  const problems = [
    ...(options.problems ?? []),
    ...(options.mode === 'Ignore' ? [] : (options.duplicates ?? [])).filter((path) => !walk.unknown.some((gone) => path === gone || path.startsWith(`${gone}.`) || path.startsWith(`${gone}[`))).map((path) => `duplicate field "${path}"`),
    ...walk.unknown.map((path) => `unknown field "${path}"`),
  ];
  if (options.mode === 'Strict' && problems.length > 0) throw (options.refuse ?? refusal(options))(`strict decoding error: ${problems.join(', ')}`);
  return { object: object as Draft<AnyObject>, warnings: problems };
}

/** Prunes and checks without a Status around errors. Throws DecodeError. */
export function pruneValue(schema: Schema, value: unknown, options: Pick<DecodeOptions, 'dropEmpty'> = {}): unknown {
  return new Walk(false, options.dropEmpty === true).value(schema, value);
}

const refusal = ({ kind = 'object', version = '' }: DecodeOptions) => (message: string): Error =>
  badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${message}`);

function isEmpty({ type }: Schema, value: unknown): boolean {
  if (type === 'list') return (value as readonly unknown[]).length === 0;
  if (type !== 'map') return false;
  for (const _key in value as object) return false;
  return true;
}

/** So many unknown fields are told of; the rest is only dropped. */
const mostReported = 100;

class Walk {
  readonly unknown: string[] = [];
  readonly #report: boolean;
  readonly #dropEmpty: boolean;
  /** Field names and indexes from the root to where the walk is. */
  readonly #path: (string | number)[] = [];
  /** The name of the innermost struct that has one; '' within custom types, where types are not judged. */
  #struct = '';

  constructor(report: boolean, dropEmpty: boolean) {
    this.#report = report;
    this.#dropEmpty = dropEmpty;
  }

  value(schema: Schema, value: unknown): unknown {
    switch (schema.type) {
      case 'scalar':
        return schema.scalar === 'any' || schema.scalar === 'raw-object' ? value : this.#scalar(schema.scalar, value);
      case 'struct':
        return this.#structValue(schema, value);
      case 'list':
        return this.#list(schema, value);
      case 'map':
        return this.#map(schema, value);
    }
  }

  #scalar(scalar: Parameters<typeof decodeScalar>[0], value: unknown): unknown {
    if (scalar === 'string' && typeof value === 'string') return value;
    if (this.#struct === '' && this.#path.length > 0) return value;
    const decoded = decodeScalar(scalar, value);
    if (decoded === undefined) throw this.#mismatch(value, scalar);
    return decoded;
  }

  #structValue(schema: StructSchema, value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (schema.name === undefined && this.#path.length > 0) return value;
      throw this.#mismatch(value, goTypeName(schema));
    }
    const outer = this.#struct;
    const object = value as Record<string, unknown>;
    const { fields } = schema;
    for (const key in object) {
      const field = fields.get(key);
      if (field === undefined) {
        if (schema.preserveUnknown === true || (schema.embeddedResource === true && impliedFields.has(key))) continue;
        this.#drop(object, key);
        continue;
      }
      this.#struct = schema.name === undefined ? '' : schema.name;
      this.#field(object, key, field);
    }
    this.#struct = outer;
    return object;
  }

  #field(object: Record<string, unknown>, key: string, field: Field): void {
    const value = object[key];
    const { schema } = field;
    if (value === null || value === undefined) {
      // Objects of the same process may say undefined for absent.
      if (value === undefined || field.nullable !== true) delete object[key];
      return;
    }
    // The most frequent case, spared the walk.
    if (schema.type === 'scalar' && schema.scalar === 'string' && typeof value === 'string') return;
    this.#path.push(key);
    const decoded = this.value(schema, value);
    this.#path.pop();
    if (this.#dropEmpty && this.#struct !== '' && field.required !== true && field.emptyMatters !== true && isEmpty(schema, decoded)) delete object[key];
    else if (decoded !== value) object[key] = decoded;
  }

  #list(schema: ListSchema, value: unknown): unknown {
    if (!Array.isArray(value)) {
      if (this.#struct === '') return value;
      throw this.#mismatch(value, goTypeName(schema));
    }
    const list = value as unknown[];
    const { item } = schema;
    for (let i = 0; i < list.length; i++) {
      const element = list[i];
      if (element === null) {
        if (this.#struct !== '') list[i] = zeroOf(item);
        continue;
      }
      this.#path.push(i);
      const decoded = this.value(item, element);
      this.#path.pop();
      if (decoded !== element) list[i] = decoded;
    }
    return list;
  }

  #map(schema: MapSchema, value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      if (this.#struct === '') return value;
      throw this.#mismatch(value, goTypeName(schema));
    }
    const map = value as Record<string, unknown>;
    const { value: form } = schema;
    const isText = form.type === 'scalar' && form.scalar === 'string';
    for (const key in map) {
      const element = map[key];
      if (isText && typeof element === 'string') continue;
      if (element === null) {
        if (this.#struct !== '') map[key] = zeroOf(form);
        continue;
      }
      this.#path.push(`[${key}]`);
      const decoded = this.value(form, element);
      this.#path.pop();
      if (decoded !== element) map[key] = decoded;
    }
    return map;
  }

  #drop(object: Record<string, unknown>, key: string): void {
    if (this.#report && this.unknown.length < mostReported) this.unknown.push(joinPath([...this.#path, key]));
    delete object[key];
  }

  #mismatch(value: unknown, type: string): TypeMismatch {
    const fields = this.#path.filter((step): step is string => typeof step === 'string' && !step.startsWith('['));
    const goType = scalarGoTypes[type] ?? type;
    const shown = jsonTypeName(value, goType);
    if (fields.length === 0) return new TypeMismatch(`json: cannot unmarshal ${shown} into Go value of type ${goType}`, value, goType);
    const owner = this.#struct.slice(this.#struct.lastIndexOf('.') + 1);
    return new TypeMismatch(`json: cannot unmarshal ${shown} into Go struct field ${owner}.${fields.join('.')} of type ${goType}`, value, goType);
  }
}

const impliedFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
const scalarGoTypes: Readonly<Record<string, string>> = { boolean: 'bool', double: 'float64', bytes: '[]uint8', time: 'v1.Time', 'micro-time': 'v1.MicroTime' };

/** 'spec.containers[0].foo' */
function joinPath(steps: readonly (string | number)[]): string {
  let text = '';
  for (const step of steps) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (step.startsWith('[')) text += `.${step.slice(1, -1)}`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** What Go leaves where JSON says null and nothing can be absent: items of lists and values of maps. */
function zeroOf(schema: Schema): unknown {
  if (schema.type === 'struct') return {};
  if (schema.type !== 'scalar') return null;
  switch (schema.scalar) {
    case 'string':
    case 'bytes':
      return '';
    case 'boolean':
      return false;
    case 'quantity':
      return '0';
    case 'int32':
    case 'int64':
    case 'double':
    case 'int-or-string':
      return 0;
    default:
      return null;
  }
}
