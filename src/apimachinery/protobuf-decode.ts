/**
 * From protobuf messages to plain JSON objects, by the schema. Fields that are not there stay absent; so do zeros where upstream
 * cannot tell them from absence and would not show them. Throws DecodeError when the bytes make no sense.
 */
import { DecodeError } from './decode-scalars.ts';
import { layoutOf, type Layout, type LayoutField } from './protobuf-layout.ts';
import { wireBytes, wireFixed64, wireVarint, WireReader } from './protobuf-wire.ts';
import type { ScalarSchema, Schema, StructSchema } from './schema.ts';

type Target = Record<string, unknown>;

/** How to read a RawExtension that holds an enveloped object. */
export type DecodeEnvelope = (bytes: Uint8Array) => unknown;

export function decodeMessage(schema: StructSchema, bytes: Uint8Array, envelope: DecodeEnvelope): Target {
  return new MessageDecoder(envelope).message(layoutOf(schema), new WireReader(bytes), {});
}

class MessageDecoder {
  readonly #envelope: DecodeEnvelope;

  constructor(envelope: DecodeEnvelope) {
    this.#envelope = envelope;
  }

  message(layout: Layout, reader: WireReader, target: Target): Target {
    while (!reader.isAtEnd) {
      const tag = reader.varint();
      const wireType = tag % 8;
      const field = layout.byNumber.get(Math.floor(tag / 8));
      if (!field) reader.skip(wireType);
      else if ('embedded' in field) this.message(field.embedded, reader.message(), target);
      else this.#field(layout, field, reader, wireType, target);
    }
    return target;
  }

  #field(layout: Layout, field: LayoutField, reader: WireReader, wireType: number, target: Target): void {
    const { key, schema, message } = field;
    if (schema.type === 'list') {
      const list = listAt(target, key);
      if (message === 'Verbs') this.#wrappedList(schema.item, reader.message(), list);
      else this.#items(layout.schema, schema.item, message, reader, wireType, list);
    } else if (schema.type === 'map') {
      const map = (target[key] ??= {}) as Target;
      this.#entry(layout.schema, schema.value, message, reader.message(), map);
    } else {
      const value = this.#value(layout.schema, schema, message, reader, wireType, target[key]);
      if (field.keepZero || !isZero(schema, value)) target[key] = value;
    }
  }

  /** One item, or several packed into one value. */
  #items(owner: StructSchema, item: Schema, message: string | undefined, reader: WireReader, wireType: number, list: unknown[]): void {
    if (wireType === wireBytes && item.type === 'scalar' && isVarint(item.scalar)) {
      const packed = reader.message();
      while (!packed.isAtEnd) list.push(this.#value(owner, item, message, packed, wireVarint, undefined));
    } else list.push(this.#value(owner, item, message, reader, wireType, undefined));
  }

  #wrappedList(item: Schema, reader: WireReader, list: unknown[]): void {
    while (!reader.isAtEnd) {
      const tag = reader.varint();
      if (tag !== 8 + wireBytes) reader.skip(tag % 8);
      else list.push(item.type === 'scalar' ? reader.text() : null);
    }
  }

  #entry(owner: StructSchema, form: Schema, message: string | undefined, reader: WireReader, map: Target): void {
    let key = '';
    let value: unknown;
    while (!reader.isAtEnd) {
      const tag = reader.varint();
      if (tag === 8 + wireBytes) key = reader.text();
      else if (Math.floor(tag / 8) !== 2) reader.skip(tag % 8);
      else if (form.type === 'list') {
        const list: unknown[] = [];
        this.#wrappedList(form.item, reader.message(), list);
        value = list;
      } else value = this.#value(owner, form, message, reader, tag % 8, undefined);
    }
    const kept = value ?? absentValue(form);
    if (kept !== undefined) Object.defineProperty(map, key, { value: kept, enumerable: true, configurable: true, writable: true });
  }

  /** One value that is no list and no map. `before`: what an earlier occurrence left, which messages merge with. */
  #value(owner: StructSchema, schema: Schema, message: string | undefined, reader: WireReader, wireType: number, before: unknown): unknown {
    if (schema.type === 'struct') return this.message(layoutOf(schema), reader.message(), (before ?? {}) as Target);
    if (schema.type !== 'scalar') throw new DecodeError('proto: nested lists have no form');
    if (schema.scalar === 'any') return this.#union(owner, message, reader.message());
    expectWireType(schema.scalar, wireType);
    return this.#scalar(schema.scalar, reader);
  }

  #scalar(scalar: ScalarSchema['scalar'], reader: WireReader): unknown {
    switch (scalar) {
      case 'string':
        return reader.text();
      case 'boolean':
        return reader.varint() !== 0;
      case 'int32':
        return reader.varint() | 0;
      case 'int64':
        return reader.varint();
      case 'double':
        return reader.double();
      case 'bytes':
        return reader.bytes().toString('base64');
      case 'time':
      case 'micro-time':
        return timeText(numbersOf(reader.message()), scalar === 'micro-time');
      case 'quantity':
        return textsOf(reader.message())[1] ?? '0';
      case 'int-or-string':
        return intOrString(reader.message());
      default:
        return this.#raw(reader.message());
    }
  }

  /** RawExtension, FieldsV1 and JSON: JSON bytes, or an enveloped object. */
  #raw(reader: WireReader): unknown {
    let bytes: Buffer = Buffer.alloc(0);
    while (!reader.isAtEnd) {
      const tag = reader.varint();
      if (tag === 8 + wireBytes) bytes = reader.bytes();
      else reader.skip(tag % 8);
    }
    if (bytes.length === 0) return undefined;
    if (bytes[0] === 0x6b) return this.#envelope(bytes);
    try {
      return JSON.parse(bytes.toString('utf8')) as unknown;
    } catch (cause) {
      throw new DecodeError(`raw JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  #union(owner: StructSchema, message: string | undefined, reader: WireReader): unknown {
    if (message === 'JSON' || message === undefined) return this.#raw(reader);
    let allows = false;
    let schema: unknown;
    const items: unknown[] = [];
    while (!reader.isAtEnd) {
      const tag = reader.varint();
      const number = Math.floor(tag / 8);
      const isBool = message === 'JSONSchemaPropsOrBool';
      if (isBool && number === 1) allows = reader.varint() !== 0;
      else if (number === (isBool ? 2 : 1)) schema = this.message(layoutOf(owner), reader.message(), {});
      else if (number === 2) items.push(message === 'JSONSchemaPropsOrStringArray' ? reader.text() : this.message(layoutOf(owner), reader.message(), {}));
      else reader.skip(tag % 8);
    }
    if (message === 'JSONSchemaPropsOrBool') return schema ?? allows;
    return schema ?? items;
  }
}

function listAt(target: Target, key: string): unknown[] {
  const list = target[key];
  if (Array.isArray(list)) return list as unknown[];
  const fresh: unknown[] = [];
  target[key] = fresh;
  return fresh;
}

const isVarint = (scalar: ScalarSchema['scalar']): boolean => scalar === 'int32' || scalar === 'int64' || scalar === 'boolean';

function expectWireType(scalar: ScalarSchema['scalar'], wireType: number): void {
  const expected = isVarint(scalar) ? wireVarint : scalar === 'double' ? wireFixed64 : wireBytes;
  if (wireType !== expected) throw new DecodeError(`proto: wrong wireType = ${wireType}`);
}

function isZero(schema: Schema, value: unknown): boolean {
  if (value === undefined) return true;
  if (schema.type !== 'scalar' || schema.scalar === 'int-or-string' || schema.scalar === 'any') return false;
  return value === '' || value === 0 || value === false;
}

/** A map's value that was not written: the zero of its type. */
function absentValue(form: Schema): unknown {
  if (form.type === 'struct') return {};
  if (form.type !== 'scalar') return [];
  return form.scalar === 'string' || form.scalar === 'bytes' ? '' : undefined;
}

function numbersOf(reader: WireReader): Record<number, number | undefined> {
  const numbers: Record<number, number> = {};
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    if (tag % 8 === wireVarint) numbers[Math.floor(tag / 8)] = reader.varint();
    else reader.skip(tag % 8);
  }
  return numbers;
}

function textsOf(reader: WireReader): Record<number, string | undefined> {
  const texts: Record<number, string> = {};
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    if (tag % 8 === wireBytes) texts[Math.floor(tag / 8)] = reader.text();
    else reader.skip(tag % 8);
  }
  return texts;
}

/** Undefined: the zero time, which JSON shows as null. */
function timeText(parts: Record<number, number | undefined>, micro: boolean): string | undefined {
  const seconds = parts[1];
  if (seconds === undefined && parts[2] === undefined) return undefined;
  const date = new Date((seconds ?? 0) * 1000);
  if (Number.isNaN(date.getTime())) throw new DecodeError('proto: time out of range');
  const text = date.toISOString().slice(0, 19);
  return micro ? `${text}.${String(Math.floor((parts[2] ?? 0) / 1000)).padStart(6, '0')}Z` : `${text}Z`;
}

function intOrString(reader: WireReader): number | string {
  let type = 0;
  let number = 0;
  let text = '';
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    if (tag === 8) type = reader.varint();
    else if (tag === 16) number = reader.varint() | 0;
    else if (tag === 24 + wireBytes) text = reader.text();
    else reader.skip(tag % 8);
  }
  return type === 1 ? text : number;
}
