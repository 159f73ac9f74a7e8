/**
 * `application/vnd.kubernetes.protobuf`: the envelope around a message (four bytes, then runtime.Unknown with the kind's name), frames
 * of watches, and lists put together from encoded items. Upstream: k8s.io/apimachinery/pkg/runtime/serializer/protobuf
 */
import { DecodeError } from './decode-scalars.ts';
import type { AnyObject } from './object.ts';
import { decodeMessage } from './protobuf-decode.ts';
import { writeMessage } from './protobuf-encode.ts';
import { layoutOf } from './protobuf-layout.ts';
import { BackwardWriter, wireBytes, WireReader } from './protobuf-wire.ts';
import type { StructSchema } from './schema.ts';
import { badRequest, StatusError } from './status-error.ts';

export { encodeMessage } from './protobuf-encode.ts';

export const protobufMediaType = 'application/vnd.kubernetes.protobuf';

const prefix = Buffer.from([0x6b, 0x38, 0x73, 0x00]);

/** The form of a kind; undefined: it has no protobuf form. */
export type ResolveKind = (apiVersion: string, kind: string) => StructSchema | undefined;

/** What the envelope says, and the bytes inside. */
export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** A view of the bytes given. */
  readonly raw: Uint8Array;
  readonly contentType: string;
}

/** Opens the envelope without reading the object. Throws StatusError 400. */
export function openEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length < prefix.length || !prefix.equals(bytes.subarray(0, prefix.length))) {
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  const out = { apiVersion: '', kind: '', raw: new Uint8Array() as Uint8Array, contentType: '' };
  const reader = new WireReader(bytes, prefix.length);
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    if (tag === 8 + wireBytes) {
      const names = reader.message();
      while (!names.isAtEnd) {
        const nameTag = names.varint();
        if (nameTag === 8 + wireBytes) out.apiVersion = names.text();
        else if (nameTag === 16 + wireBytes) out.kind = names.text();
        else names.skip(nameTag % 8);
      }
    } else if (tag === 16 + wireBytes) out.raw = reader.bytes();
    else if (tag === 32 + wireBytes) out.contentType = reader.text();
    else reader.skip(tag % 8);
  }
  return out;
}

/**
 * The object in an enveloped message, with apiVersion and kind. `defaults` names the kind when the envelope does not. Throws
 * StatusError 400 for bytes that are no message, and for kinds without a form.
 */
export function decodeProtobuf(bytes: Uint8Array, resolveKind: ResolveKind, defaults?: { readonly apiVersion: string; readonly kind: string }): AnyObject {
  try {
    const envelope = openEnvelope(bytes);
    if (envelope.contentType === 'application/json') return JSON.parse(Buffer.from(envelope.raw).toString('utf8')) as AnyObject;
    const apiVersion = envelope.apiVersion || (defaults?.apiVersion ?? '');
    const kind = envelope.kind || (defaults?.kind ?? '');
    const schema = resolveKind(apiVersion, kind);
    if (!schema) throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
    const object = decodeMessage(schema, envelope.raw, (inner) => decodeProtobuf(inner, resolveKind));
    if (schema.fields.has('items')) object['items'] ??= [];
    if (schema.fields.has('metadata')) object['metadata'] ??= {};
    return { apiVersion, kind, ...object } as unknown as AnyObject;
  } catch (error) {
    if (error instanceof StatusError) throw error;
    if (error instanceof DecodeError || error instanceof SyntaxError || error instanceof RangeError) throw badRequest(`unable to decode the message: ${error.message}`);
    throw error;
  }
}

/** The enveloped message of an object that carries its apiVersion and kind. */
export function encodeProtobuf(schema: StructSchema, object: AnyObject): Uint8Array {
  const writer = new BackwardWriter();
  writer.bytes(emptyEncodings);
  writeMessage(writer, layoutOf(schema), object);
  return seal(writer, object.apiVersion ?? '', object.kind ?? '');
}

/** Puts the envelope around a bare message. */
export function wrapMessage(apiVersion: string, kind: string, message: Uint8Array): Uint8Array {
  const writer = new BackwardWriter();
  writer.bytes(emptyEncodings);
  writer.bytes(message);
  return seal(writer, apiVersion, kind);
}

/** A list of items that are encoded already (bare messages), as chunks to send one after another. */
export function encodeProtobufList(apiVersion: string, kind: string, listMeta: Uint8Array, items: readonly Uint8Array[]): Uint8Array[] {
  const chunks: Uint8Array[] = [chunkHeader(1, listMeta.length), listMeta];
  for (const item of items) chunks.push(chunkHeader(2, item.length), item);
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const head = new BackwardWriter();
  head.varint(size);
  head.tag(2, wireBytes);
  writeNames(head, apiVersion, kind);
  head.bytes(prefix);
  return [head.finish(), ...chunks, emptyEncodings];
}

function chunkHeader(number: number, length: number): Uint8Array {
  const writer = new BackwardWriter();
  writer.varint(length);
  writer.tag(number, wireBytes);
  return writer.finish();
}

/** contentEncoding and contentType of Unknown, both empty, as upstream writes them. */
const emptyEncodings = Uint8Array.from([0x1a, 0, 0x22, 0]);

/** Puts the head of the envelope before a message that has the empty encodings after it. */
function seal(writer: BackwardWriter, apiVersion: string, kind: string): Uint8Array {
  writer.lengthDelimited(2, emptyEncodings.length);
  writeNames(writer, apiVersion, kind);
  writer.bytes(prefix);
  return writer.finish();
}

function writeNames(writer: BackwardWriter, apiVersion: string, kind: string): void {
  const before = writer.size;
  writer.text(kind);
  writer.lengthDelimited(2, before);
  const middle = writer.size;
  writer.text(apiVersion);
  writer.lengthDelimited(1, middle);
  writer.lengthDelimited(1, before);
}

/** One frame of a watch: the length in four bytes, then a WatchEvent whose object is enveloped. */
export function encodeWatchFrame(type: string, object: Uint8Array): Uint8Array {
  const writer = new BackwardWriter();
  writer.bytes(object);
  writer.lengthDelimited(1, 0);
  writer.lengthDelimited(2, 0);
  const before = writer.size;
  writer.text(type);
  writer.lengthDelimited(1, before);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(writer.size);
  writer.bytes(length);
  return writer.finish();
}

/** The first frame of a stream's bytes and how many bytes it took; undefined while it is not complete. */
export function decodeWatchFrame(bytes: Uint8Array, resolveKind: ResolveKind): { readonly type: string; readonly object: AnyObject; readonly size: number } | undefined {
  if (bytes.length < 4) return undefined;
  const size = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (bytes.length < size) return undefined;
  const reader = new WireReader(bytes, 4, size);
  let type = '';
  let object: Uint8Array = new Uint8Array();
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    if (tag === 8 + wireBytes) type = reader.text();
    else if (tag === 16 + wireBytes) {
      const raw = reader.message();
      while (!raw.isAtEnd) {
        const rawTag = raw.varint();
        if (rawTag === 8 + wireBytes) object = raw.bytes();
        else raw.skip(rawTag % 8);
      }
    } else reader.skip(tag % 8);
  }
  return { type, object: decodeProtobuf(object, resolveKind), size };
}
