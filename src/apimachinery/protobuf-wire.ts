/**
 * The protobuf wire format: a reader, and a writer that fills its buffer from the end, so that a message's length is known when its
 * tag is written and nothing is measured twice.
 */
import { DecodeError } from './decode-scalars.ts';

export const wireVarint = 0;
export const wireFixed64 = 1;
export const wireBytes = 2;
export const wireFixed32 = 5;

/** Writes backwards: what shall come last is written first. */
export class BackwardWriter {
  #buffer = Buffer.allocUnsafe(4096);
  #start = 4096;

  /** Bytes written so far: the difference of two is the length of what was written between. */
  get size(): number {
    return this.#buffer.length - this.#start;
  }

  #reserve(count: number): number {
    if (this.#start < count) {
      const used = this.size;
      const bigger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, used + count * 2));
      this.#buffer.copy(bigger, bigger.length - used, this.#start);
      this.#buffer = bigger;
      this.#start = bigger.length - used;
    }
    this.#start -= count;
    return this.#start;
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
  }

  text(text: string): void {
    const length = Buffer.byteLength(text);
    const at = this.#reserve(length);
    this.#buffer.write(text, at, length, 'utf8');
  }

  /** A whole number; negative ones take ten bytes, as int32 and int64 do. */
  varint(value: number): void {
    if (value >= 0 && value < 0x80) {
      const at = this.#reserve(1);
      this.#buffer[at] = value;
      return;
    }
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) return this.#wideVarint(BigInt(value));
    let length = 1;
    for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) length++;
    let at = this.#reserve(length);
    let rest = value;
    for (; length > 1; length--) {
      this.#buffer[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#buffer[at] = rest;
  }

  #wideVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 0x80);
    bytes.push(Number(rest));
    this.bytes(Uint8Array.from(bytes));
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  tag(number: number, wireType: number): void {
    this.varint(number * 8 + wireType);
  }

  /** The header of what was written since `size` was `before`. */
  lengthDelimited(number: number, before: number): void {
    this.varint(this.size - before);
    this.tag(number, wireBytes);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#buffer, this.#start);
  }
}

/** Reads one message between two offsets of a buffer. Throws DecodeError when the bytes end early. */
export class WireReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  #advance(count: number): number {
    const at = this.#at;
    if (!(count >= 0) || at + count > this.#end) throw new DecodeError('unexpected EOF');
    this.#at = at + count;
    return at;
  }

  /** An unsigned number as it is; one with the highest of 64 bits set is negative. Exact up to 2^53. */
  varint(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#buffer[this.#advance(1)] ?? 0;
      if (i === 9 || (i === 8 && factor > Number.MAX_SAFE_INTEGER)) return this.#wideVarint(i + 1, byte);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new DecodeError('proto: integer overflow');
  }

  #wideVarint(read: number, last: number): number {
    let byte = last;
    let count = read;
    while (byte >= 0x80 && count < 10) {
      byte = this.#buffer[this.#advance(1)] ?? 0;
      count++;
    }
    if (byte >= 0x80) throw new DecodeError('proto: integer overflow');
    let value = 0n;
    for (let i = 0; i < count; i++) value |= BigInt((this.#buffer[this.#at - count + i] ?? 0) & 0x7f) << BigInt(7 * i);
    return Number(BigInt.asIntN(64, value));
  }

  double(): number {
    return this.#buffer.readDoubleLE(this.#advance(8));
  }

  /** The bytes of a length-delimited value; a view. */
  bytes(): Buffer {
    const length = this.varint();
    const at = this.#advance(length);
    return this.#buffer.subarray(at, at + length);
  }

  text(): string {
    const length = this.varint();
    const at = this.#advance(length);
    return this.#buffer.toString('utf8', at, at + length);
  }

  /** A reader of a length-delimited message. */
  message(): WireReader {
    const length = this.varint();
    const at = this.#advance(length);
    return new WireReader(this.#buffer, at, at + length);
  }

  skip(wireType: number): void {
    if (wireType === wireVarint) this.varint();
    else if (wireType === wireFixed64) this.#advance(8);
    else if (wireType === wireBytes) this.#advance(this.varint());
    else if (wireType === wireFixed32) this.#advance(4);
    else throw new DecodeError(`proto: illegal wireType ${wireType}`);
  }
}
