/**
 * DER, the byte form of X.509: enough to write certificates and to read certificates and requests. Lengths are checked
 * on reading, so bytes from strangers can make it throw DerError but nothing worse.
 * Upstream: none; ITU-T X.690.
 */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** Tags of the universal types in use. Context-specific tags come from `contextTag`. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

export function contextTag(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | number;
}

/** One element: header and content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of content) length += part.length;
  return Buffer.concat([header(tag, length), ...content]);
}

function header(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  const digits: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest & 0xff);
  return Buffer.from([tag, 0x80 | digits.length, ...digits]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(derTag.sequence, ...parts);
export const setOf = (...parts: readonly Uint8Array[]): Buffer => element(derTag.set, ...parts);
export const octetString = (bytes: Uint8Array): Buffer => element(derTag.octetString, bytes);
export const boolean = (value: boolean): Buffer => element(derTag.boolean, Buffer.from([value ? 0xff : 0]));
export const utf8String = (text: string): Buffer => element(derTag.utf8String, Buffer.from(text, 'utf8'));

/** A bit string of whole bytes, or with the last `unused` bits left out. */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => element(derTag.bitString, Buffer.from([unused]), bytes);

/** A non-negative integer from its big-endian bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const digits = bytes.subarray(start);
  return (digits[0] ?? 0) & 0x80 ? element(derTag.integer, Buffer.from([0]), digits) : element(derTag.integer, digits);
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(0x80 | (left & 0x7f));
    bytes.push(...groups);
  }
  return element(derTag.oid, Buffer.from(bytes));
}

/** A point in time with whole seconds: UTCTime until 2049, GeneralizedTime after, as RFC 5280 wants. */
export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\.\d+Z$/, '').replace(/[-:T]/g, '');
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? element(derTag.utcTime, Buffer.from(`${digits.slice(2)}Z`))
    : element(derTag.generalizedTime, Buffer.from(`${digits}Z`));
}

export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content. */
  readonly raw: Buffer;
}

/** Reads the element at `offset`. Indefinite and over-long lengths are not DER and throw. */
export function readElement(bytes: Buffer, offset = 0): DerElement {
  const tag = bytes[offset];
  let length = bytes[offset + 1];
  if (tag === undefined || length === undefined) throw new DerError('truncated element');
  if ((tag & 0x1f) === 0x1f) throw new DerError('tags above 30 are not supported');
  let start = offset + 2;
  if (length & 0x80) {
    const digits = length & 0x7f;
    if (digits === 0 || digits > 4) throw new DerError('unsupported length');
    if (start + digits > bytes.length) throw new DerError('truncated length');
    length = bytes.readUIntBE(start, digits);
    start += digits;
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError('truncated content');
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(offset, end) };
}

/** Reads an element that must fill `bytes` and carry `tag`. */
export function readOnly(bytes: Buffer, tag: number): DerElement {
  const only = expectTag(readElement(bytes), tag);
  if (only.raw.length !== bytes.length) throw new DerError('bytes after the element');
  return only;
}

/** The elements inside a constructed one. */
export function childrenOf(parent: DerElement): DerElement[] {
  const children: DerElement[] = [];
  for (let at = 0; at < parent.content.length; ) {
    const child = readElement(parent.content, at);
    children.push(child);
    at += child.raw.length;
  }
  return children;
}

export function expectTag(found: DerElement | undefined, tag: number): DerElement {
  if (found?.tag !== tag) throw new DerError(`expected tag 0x${tag.toString(16)}, found ${found ? `0x${found.tag.toString(16)}` : 'the end'}`);
  return found;
}

export function readOid(found: DerElement | undefined): string {
  const { content } = expectTag(found, derTag.oid);
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError('object identifier too large');
    if (byte & 0x80) continue;
    if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else arcs.push(value);
    value = 0;
  }
  return arcs.join('.');
}

/** Text of any of the string types that names use. */
export function readText(found: DerElement): string {
  if (found.tag === 0x1e) return Buffer.from(found.content).swap16().toString('utf16le');
  return found.content.toString(found.tag === derTag.utf8String ? 'utf8' : 'latin1');
}

/** The content of a bit string of whole bytes, or of key usage flags. */
export function readBits(found: DerElement | undefined): Buffer {
  const { content } = expectTag(found, derTag.bitString);
  if (content.length === 0) throw new DerError('empty bit string');
  return content.subarray(1);
}

/** Milliseconds since the epoch of a UTCTime or GeneralizedTime in UTC with seconds. */
export function readTime(found: DerElement | undefined): number {
  const text = found ? found.content.toString('latin1') : '';
  const short = found?.tag === derTag.utcTime;
  const match = (short ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/ : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/).exec(text);
  if (!match) throw new DerError('unreadable time');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(short ? year + (year < 50 ? 2000 : 1900) : year, month - 1, day, hour, minute, second);
}
