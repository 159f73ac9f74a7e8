/**
 * Protobuf on the wire, driven by field tables: what the runtime interface needs and no more (proto3, string maps, no groups,
 * no oneof tracking). Decoding fills in proto3's defaults, so scalars, lists and maps are always present and only messages may
 * be absent. Unknown fields are skipped, so a newer runtime is understood.
 */

/** 'string', 'bytes', 'bool', 'int' (any varint), 'double', 'map' (string to string), '.Message'; '*' before one repeats it. */
export type WireType = string;
export type FieldRow = readonly [number: number, name: string, type: WireType];
export type MessageTable = readonly FieldRow[];
export type Tables = Readonly<Record<string, MessageTable>>;

/** A message as a caller writes it: every field may be left out, all the way down. */
export type Input<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Input<Item>[]
    : T extends object
      ? { readonly [K in keyof T]?: Input<T[K]> | undefined }
      : T;

type Fields = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder();

class Writer {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.#room(1);
      this.#buffer[this.#length++] = value;
      return;
    }
    this.#room(10);
    let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
    while (rest > 0x7fn) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }

  tag(field: number, wire: number): void {
    this.varint(field * 8 + wire);
  }

  double(value: number): void {
    this.#room(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  chunk(data: Uint8Array): void {
    this.varint(data.length);
    this.#room(data.length);
    this.#buffer.set(data, this.#length);
    this.#length += data.length;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + more));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** The bytes of a message of the table named `name`. Fields at their default are left out, as proto3 does. */
export function encode(tables: Tables, name: string, message: object): Buffer {
  const writer = new Writer();
  const fields = message as Fields;
  for (const [number, key, type] of tableOf(tables, name)) {
    const value = fields[key];
    if (value === undefined || value === null) continue;
    if (type.startsWith('*')) encodeList(tables, writer, number, type.slice(1), value as readonly unknown[]);
    else if (type === 'map') encodeMap(writer, number, value as Record<string, string>);
    else if (type.startsWith('.')) encodeMessage(tables, writer, number, type, value as object);
    else if (!isDefault(value)) encodeScalar(writer, number, type, value);
  }
  return writer.bytes();
}

function isDefault(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (value instanceof Uint8Array && value.length === 0);
}

function encodeMessage(tables: Tables, writer: Writer, number: number, type: WireType, value: object): void {
  writer.tag(number, 2);
  writer.chunk(encode(tables, type.slice(1), value));
}

function encodeList(tables: Tables, writer: Writer, number: number, type: WireType, items: readonly unknown[]): void {
  if (items.length === 0) return;
  if (type === 'int') {
    const packed = new Writer();
    for (const item of items) packed.varint(item as number);
    writer.tag(number, 2);
    writer.chunk(packed.bytes());
    return;
  }
  for (const item of items) {
    if (type.startsWith('.')) encodeMessage(tables, writer, number, type, item as object);
    else encodeScalar(writer, number, type, item);
  }
}

function encodeMap(writer: Writer, number: number, entries: Record<string, string>): void {
  for (const [key, value] of Object.entries(entries)) {
    const entry = new Writer();
    encodeScalar(entry, 1, 'string', key);
    encodeScalar(entry, 2, 'string', value);
    writer.tag(number, 2);
    writer.chunk(entry.bytes());
  }
}

function encodeScalar(writer: Writer, number: number, type: WireType, value: unknown): void {
  switch (type) {
    case 'string':
      writer.tag(number, 2);
      writer.chunk(Buffer.from(value as string, 'utf8'));
      return;
    case 'bytes':
      writer.tag(number, 2);
      writer.chunk(value as Uint8Array);
      return;
    case 'double':
      writer.tag(number, 1);
      writer.double(value as number);
      return;
    case 'bool':
      writer.tag(number, 0);
      writer.varint(value === true ? 1 : 0);
      return;
    default:
      writer.tag(number, 0);
      writer.varint(value as number);
  }
}

class Reader {
  readonly #data: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#data.length;
  }

  /** A varint as a signed 64-bit number; exact up to 2^53. */
  varint(): number {
    let low = 0;
    let scale = 1;
    for (let i = 0; i < 7; i += 1) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return low;
      scale *= 128;
    }
    let value = BigInt(low);
    for (let shift = 49n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80 || shift >= 63n) return Number(BigInt.asIntN(64, value));
    }
  }

  double(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  chunk(): Uint8Array {
    const length = this.varint();
    const end = this.#at + length;
    if (end > this.#data.length) throw new Error('protobuf: message ends inside a field');
    const part = this.#data.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 1) this.#at += 8;
    else if (wire === 2) this.chunk();
    else if (wire === 5) this.#at += 4;
    else throw new Error(`protobuf: wire type ${wire} is not known`);
  }

  #byte(): number {
    const byte = this.#data[this.#at];
    if (byte === undefined) throw new Error('protobuf: message ends inside a number');
    this.#at += 1;
    return byte;
  }
}

/** The message of the table named `name` in `data`. Throws an Error where the bytes are not a message. */
export function decode<T>(tables: Tables, name: string, data: Uint8Array): T {
  const table = tableOf(tables, name);
  const out: Record<string, unknown> = {};
  for (const [, key, type] of table) {
    if (!type.startsWith('.')) out[key] = defaultOf(type);
  }
  const reader = new Reader(data);
  while (!reader.done) {
    const tag = reader.varint();
    const row = rowOf(table, Math.floor(tag / 8));
    if (row) decodeField(tables, reader, out, row, tag % 8);
    else reader.skip(tag % 8);
  }
  return out as T;
}

function decodeField(tables: Tables, reader: Reader, out: Record<string, unknown>, row: FieldRow, wire: number): void {
  const [, key, type] = row;
  if (type === 'map') {
    const entry = decode<{ key: string; value: string }>(mapEntry, 'entry', reader.chunk());
    (out[key] as Record<string, string>)[entry.key] = entry.value;
  } else if (type.startsWith('*')) {
    const list = out[key] as unknown[];
    if (type === '*int' && wire === 2) {
      const packed = new Reader(reader.chunk());
      while (!packed.done) list.push(packed.varint());
    } else {
      list.push(decodeValue(tables, reader, type.slice(1)));
    }
  } else {
    out[key] = decodeValue(tables, reader, type);
  }
}

const mapEntry: Tables = { entry: [[1, 'key', 'string'], [2, 'value', 'string']] };

function decodeValue(tables: Tables, reader: Reader, type: WireType): unknown {
  switch (type) {
    case 'string':
      return utf8.decode(reader.chunk());
    case 'bytes':
      return Uint8Array.from(reader.chunk());
    case 'bool':
      return reader.varint() !== 0;
    case 'int':
      return reader.varint();
    case 'double':
      return reader.double();
    default:
      return decode(tables, type.slice(1), reader.chunk());
  }
}

function defaultOf(type: WireType): unknown {
  if (type.startsWith('*')) return [];
  if (type === 'map') return {};
  if (type === 'string') return '';
  if (type === 'bool') return false;
  if (type === 'bytes') return new Uint8Array();
  return 0;
}

function rowOf(table: MessageTable, number: number): FieldRow | undefined {
  for (const row of table) if (row[0] === number) return row;
  return undefined;
}

function tableOf(tables: Tables, name: string): MessageTable {
  const table = tables[name];
  if (!table) throw new Error(`protobuf: no table for ${name}`);
  return table;
}
