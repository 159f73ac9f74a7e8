/** From plain JSON objects to protobuf messages, by the schema. Absent fields and nulls are not written. */
import { layoutOf, type Layout, type LayoutField } from './protobuf-layout.ts';
import { BackwardWriter, wireFixed64, wireVarint } from './protobuf-wire.ts';
import type { ScalarSchema, Schema, StructSchema } from './schema.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The bare message, without the envelope. Values of a wrong type are left out: the object has been through decodeObject. */
export function encodeMessage(schema: StructSchema, object: JsonObject): Uint8Array {
  const writer = new BackwardWriter();
  writeMessage(writer, layoutOf(schema), object);
  return writer.finish();
}

export function writeMessage(writer: BackwardWriter, layout: Layout, object: JsonObject): void {
  for (const field of layout.descending) {
    if ('embedded' in field) {
      const before = writer.size;
      writeMessage(writer, field.embedded, object);
      if (writer.size > before) writer.lengthDelimited(field.number, before);
      continue;
    }
    const value = object[field.key];
    if (value !== undefined && value !== null) writeField(writer, layout.schema, field, value);
  }
}

function writeField(writer: BackwardWriter, owner: StructSchema, field: LayoutField, value: unknown): void {
  const { number, schema, message } = field;
  if (schema.type === 'list') {
    if (!Array.isArray(value)) return;
    const before = writer.size;
    const itemNumber = message === 'Verbs' ? 1 : number;
    for (let i = value.length - 1; i >= 0; i--) writeValue(writer, owner, itemNumber, schema.item, message, value[i] as unknown);
    if (message === 'Verbs') writer.lengthDelimited(number, before);
  } else if (schema.type === 'map') {
    if (isObject(value)) writeMap(writer, owner, field, schema.value, value);
  } else writeValue(writer, owner, number, schema, message, value);
}

/** Entries sorted by key, as upstream writes them. */
function writeMap(writer: BackwardWriter, owner: StructSchema, field: LayoutField, form: Schema, map: JsonObject): void {
  for (const key of Object.keys(map).sort().reverse()) {
    const entry = writer.size;
    const value = map[key];
    if (form.type === 'list') {
      for (let i = Array.isArray(value) ? value.length - 1 : -1; i >= 0; i--) writeValue(writer, owner, 1, form.item, undefined, (value as unknown[])[i]);
      writer.lengthDelimited(2, entry);
    } else if (value !== null && value !== undefined) writeValue(writer, owner, 2, form, field.message, value);
    const before = writer.size;
    writer.text(key);
    writer.lengthDelimited(1, before);
    writer.lengthDelimited(field.number, entry);
  }
}

/** One value with its tag: not a list or a map. */
function writeValue(writer: BackwardWriter, owner: StructSchema, number: number, schema: Schema, message: string | undefined, value: unknown): void {
  if (schema.type === 'struct') {
    const before = writer.size;
    if (isObject(value)) writeMessage(writer, layoutOf(schema), value);
    writer.lengthDelimited(number, before);
  } else if (schema.type === 'scalar') {
    if (schema.scalar === 'any') writeUnion(writer, owner, number, message, value);
    else writeScalar(writer, number, schema.scalar, value);
  }
}

function writeScalar(writer: BackwardWriter, number: number, scalar: ScalarSchema['scalar'], value: unknown): void {
  const before = writer.size;
  switch (scalar) {
    case 'string':
      writer.text(String(value));
      break;
    case 'boolean':
    case 'int32':
    case 'int64':
      writer.varint(Number(value));
      writer.tag(number, wireVarint);
      return;
    case 'double':
      writer.double(Number(value));
      writer.tag(number, wireFixed64);
      return;
    case 'bytes':
      writer.bytes(Buffer.from(String(value), 'base64'));
      break;
    case 'time':
    case 'micro-time':
      writeTime(writer, String(value));
      break;
    case 'quantity':
      writer.text(String(value));
      writer.lengthDelimited(1, before);
      break;
    case 'int-or-string':
      writeIntOrString(writer, value);
      break;
    default:
      writer.text(JSON.stringify(value));
      writer.lengthDelimited(1, before);
  }
  writer.lengthDelimited(number, before);
}

function writeTime(writer: BackwardWriter, text: string): void {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return;
  const fraction = /\.(\d+)/.exec(text)?.[1];
  writer.varint(fraction === undefined ? 0 : Number(fraction.padEnd(9, '0').slice(0, 9)));
  writer.tag(2, wireVarint);
  writer.varint(Math.floor(milliseconds / 1000));
  writer.tag(1, wireVarint);
}

function writeIntOrString(writer: BackwardWriter, value: unknown): void {
  const isText = typeof value === 'string';
  const before = writer.size;
  writer.text(isText ? value : '');
  writer.lengthDelimited(3, before);
  writer.varint(isText ? 0 : Number(value));
  writer.tag(2, wireVarint);
  writer.varint(isText ? 1 : 0);
  writer.tag(1, wireVarint);
}

/** The unions of CRD schemas, where JSON has one thing or another. `owner` is JSONSchemaProps itself. */
function writeUnion(writer: BackwardWriter, owner: StructSchema, number: number, message: string | undefined, value: unknown): void {
  const before = writer.size;
  const schemaAt = (at: number, item: unknown): void => writeValue(writer, owner, at, owner, undefined, item);
  switch (message) {
    case 'JSONSchemaPropsOrArray':
      if (Array.isArray(value)) for (const item of [...(value as unknown[])].reverse()) schemaAt(2, item);
      else schemaAt(1, value);
      break;
    case 'JSONSchemaPropsOrBool':
      if (isObject(value)) schemaAt(2, value);
      writer.varint(isObject(value) || value === true ? 1 : 0);
      writer.tag(1, wireVarint);
      break;
    case 'JSONSchemaPropsOrStringArray':
      if (Array.isArray(value)) for (const item of [...(value as unknown[])].reverse()) writeScalar(writer, 2, 'string', item);
      else schemaAt(1, value);
      break;
    default: {
      writer.text(JSON.stringify(value));
      writer.lengthDelimited(1, before);
    }
  }
  writer.lengthDelimited(number, before);
}
