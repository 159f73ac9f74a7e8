/**
 * Scalars of decoded objects: checked, and brought to the text that upstream gives back ('0.5' of a quantity is '500m', times are UTC).
 */
import { canonicalQuantity, QuantityError } from './quantity.ts';
import type { ScalarSchema, Schema } from './schema.ts';

/** A value that does not fit its field, in upstream's words. */
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}

/** A value of another type than its field's. */
export class TypeMismatch extends DecodeError {
  readonly value: unknown;
  /** Go's name of the field's type. */
  readonly type: string;
  constructor(message: string, value: unknown, type: string) {
    super(message);
    this.value = value;
    this.type = type;
  }
}

/** The value to keep; undefined when its JSON type is wrong. Throws DecodeError when the type is right and the content is not. */
export function decodeScalar(scalar: ScalarSchema['scalar'], value: unknown): unknown {
  switch (scalar) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'int32':
      return typeof value === 'number' && (value | 0) === value ? value : undefined;
    case 'int64':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 2 ** 63 ? value : undefined;
    case 'double':
      return typeof value === 'number' ? value : undefined;
    case 'int-or-string':
      return typeof value === 'string' || (typeof value === 'number' && (value | 0) === value) ? value : undefined;
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number' ? decodeQuantity(value) : undefined;
    case 'bytes':
      return typeof value === 'string' ? decodeBase64(value) : undefined;
    case 'time':
      return typeof value === 'string' ? decodeTime(value, false) : undefined;
    case 'micro-time':
      return typeof value === 'string' ? decodeTime(value, true) : undefined;
    case 'any':
    case 'raw-object':
      return value;
  }
}

const canonicalTexts = new Map<string, string>();

function decodeQuantity(value: string | number): string {
  const text = String(value);
  const known = canonicalTexts.get(text);
  if (known !== undefined) return known;
  try {
    const canonical = canonicalQuantity(text.trim());
    if (canonicalTexts.size >= 1000) canonicalTexts.clear();
    canonicalTexts.set(text, canonical);
    return canonical;
  } catch (error) {
    if (error instanceof QuantityError) throw new DecodeError(error.message);
    throw error;
  }
}

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(value: string): string {
  const text = value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]/g, '') : value;
  if (base64Form.test(text)) return text;
  const wrong = text.search(/[^A-Za-z0-9+/]/);
  throw new DecodeError(`illegal base64 data at input byte ${wrong < 0 ? text.length - (text.length % 4) : wrong}`);
}

const timeForm = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

function decodeTime(value: string, micro: boolean): string {
  const match = timeForm.exec(value);
  const at = match ? Date.parse(`${value.slice(0, 19)}${match[8] ?? 'Z'}`) : Number.NaN;
  if (!match || Number.isNaN(at)) {
    const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
    throw new DecodeError(`parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(value)} as "2006"`);
  }
  const seconds = match[8] === 'Z' ? value.slice(0, 19) : new Date(at).toISOString().slice(0, 19);
  return micro ? `${seconds}.${(match[7] ?? '').padEnd(6, '0').slice(0, 6)}Z` : `${seconds}Z`;
}

/** How Go's decoder names the type of a JSON value: 'number 1.5' where a number does not fit a number type. */
export function jsonTypeName(value: unknown, goType: string): string {
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return /^(int|float)/.test(goType) ? `number ${value}` : 'number';
    default:
      return value === null ? 'null' : 'object';
  }
}

const goScalars: Readonly<Record<ScalarSchema['scalar'], string>> = {
  string: 'string', boolean: 'bool', int32: 'int32', int64: 'int64', double: 'float64', bytes: '[]uint8', time: 'v1.Time', 'micro-time': 'v1.MicroTime',
  quantity: 'resource.Quantity', 'int-or-string': 'intstr.IntOrString', any: 'interface {}', 'raw-object': 'runtime.RawExtension',
};

/** The Go type behind a schema, as errors name it: '[]v1.Container', 'map[string]string'. */
export function goTypeName(schema: Schema): string {
  switch (schema.type) {
    case 'scalar':
      return goScalars[schema.scalar];
    case 'list':
      return `[]${goTypeName(schema.item)}`;
    case 'map':
      return `map[string]${goTypeName(schema.value)}`;
    case 'struct':
      return schema.name === undefined ? 'map[string]interface {}' : schema.name.split('.').slice(-2).join('.');
  }
}
