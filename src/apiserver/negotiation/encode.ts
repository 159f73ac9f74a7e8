/**
 * Objects, lists and watch events as bytes. Where the client wants JSON in the storage version, the cache's own bytes are joined
 * and nothing is parsed; every other shape goes through the object.
 */
import { formatYaml } from '../../apimachinery/yaml.ts';
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { builtinKindSchema } from '../../resources/schema/builtin.ts';
import { CachedObject } from '../../storage/cached-object.ts';
import type { ListResponse, ObjectResponse, ServedResource, WatchItem } from '../request.ts';
import type { Negotiated } from './accept.ts';
import { apiVersionOf, isStorageForm, plainObject, toServedVersion } from './conversion.ts';
import { jsonItems, protobufItems, type ListChunk } from './converted-items.ts';
import { protobufFrame, toProtobuf } from './protobuf.ts';
import { buildTable, partialMetadata, type TableOptions } from './table.ts';

/** How one request wants its answer. */
export interface Encoder {
  readonly negotiated: Negotiated;
  readonly table: TableOptions;
}

const listChunk = 256 * 1024;
const comma = 0x2c;
const openBrace = 0x7b;

export function encodeObject({ served, object, columns }: ObjectResponse, encoder: Encoder): Buffer {
  const { negotiated } = encoder;
  if (served && object instanceof CachedObject && negotiated.encoding === 'json' && negotiated.shape === 'object' && !negotiated.pretty && isStorageForm(served)) {
    return object.bytes;
  }
  if (columns !== undefined && negotiated.shape === 'table') {
    const plain = plainObject(object);
    return encodePlain(buildTable(columns, [plain], { resourceVersion: plain.metadata.resourceVersion }, encoder.table), negotiated);
  }
  return encodePlain(shaped(served, plainObject(object), encoder), negotiated);
}

function shaped(served: ServedResource | undefined, object: AnyObject, { negotiated, table }: Encoder): AnyObject {
  if (!served) return object;
  if (negotiated.shape === 'table') return buildTable(served, [object], { resourceVersion: object.metadata.resourceVersion }, table);
  if (negotiated.shape === 'metadata') return partialMetadata(object, negotiated.metaVersion);
  return toServedVersion(served, object);
}

/** An object in its final form. */
export function encodePlain(object: AnyObject, negotiated: Negotiated): Buffer {
  if (negotiated.encoding === 'yaml') return Buffer.from(formatYaml(object));
  if (negotiated.encoding === 'protobuf') {
    const encoded = toProtobuf(object);
    if (encoded) return encoded;
  }
  return Buffer.from(negotiated.pretty ? `${JSON.stringify(object, undefined, 2)}\n` : JSON.stringify(object));
}

/** The list in chunks of about 256 KB; `undefined` where others may go first. */
export function* encodeList(response: ListResponse, encoder: Encoder): Generator<ListChunk> {
  const { negotiated, table } = encoder;
  const { served, items, metadata } = response;
  const inParts = negotiated.encoding === 'json' && !negotiated.pretty;
  if (negotiated.shape === 'table') {
    if (inParts && served.definition.rowOrder === undefined) yield* tableInParts(response, encoder);
    else yield encodePlain(buildTable(served, items.map((item) => item.object), metadata, table), negotiated);
    return;
  }
  const head = listHead(response, negotiated);
  if (inParts && negotiated.shape === 'object' && isStorageForm(served)) {
    yield* joinItems(head, items, served.definition.builtin !== false);
    return;
  }
  const convert = (item: CachedObject): AnyObject => {
    if (negotiated.shape === 'metadata') return partialMetadata(item.object, negotiated.metaVersion);
    const object = toServedVersion(served, item.object);
    if (served.definition.builtin === false) return object;
    const { kind: _kind, apiVersion: _version, ...rest } = object;
    return rest;
  };
  const message = negotiated.encoding === 'protobuf' ? builtinKindSchema(head.apiVersion ?? '', head.kind ?? '') : undefined;
  if (inParts) yield* jsonItems(head, 'items', items, convert);
  else if (message) yield* protobufItems(head, message, items, convert);
  else yield encodePlain({ ...head, items: items.map(convert) } as unknown as AnyObject, negotiated);
}

function* tableInParts({ served, items, metadata }: ListResponse, { table }: Encoder): Generator<ListChunk> {
  const { rows: _none, ...head } = buildTable(served, [], metadata, table) as AnyObject & { rows: unknown };
  yield* jsonItems(head, 'rows', items, (item) => (buildTable(served, [item.object], metadata, table) as AnyObject & { rows: readonly unknown[] }).rows[0]);
}

function listHead({ served, metadata }: ListResponse, negotiated: Negotiated): AnyObject {
  if (negotiated.shape === 'metadata') {
    return { kind: 'PartialObjectMetadataList', apiVersion: formatApiVersion({ group: 'meta.k8s.io', version: negotiated.metaVersion }), metadata } as AnyObject;
  }
  return { kind: served.definition.listKind, apiVersion: apiVersionOf(served), metadata } as AnyObject;
}

/** {…,"items":[a,b,c]} from ready bytes; items of built-in kinds are written without kind and apiVersion, as upstream does. */
function* joinItems(head: AnyObject, items: readonly CachedObject[], bare: boolean): Generator<Buffer> {
  const start = JSON.stringify(head);
  let chunk = Buffer.allocUnsafe(listChunk);
  let used = chunk.write(`${start.slice(0, -1)},"items":[`);
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as CachedObject;
    const from = bare ? item.metadataOffset - 1 : 0;
    const length = item.bytes.length - from + 1;
    if (used + length + 2 > chunk.length) {
      yield chunk.subarray(0, used);
      chunk = Buffer.allocUnsafe(Math.max(listChunk, length + 2));
      used = 0;
    }
    if (i > 0) chunk[used++] = comma;
    item.bytes.copy(chunk, used, from);
    if (bare) chunk[used] = openBrace;
    used += item.bytes.length - from;
  }
  used += chunk.write(']}', used);
  yield chunk.subarray(0, used);
}

/** One watch event as the stream carries it. `first`: nothing was sent before (Tables then carry their headers). */
export function encodeWatchItem(served: ServedResource, item: WatchItem, encoder: Encoder, first: boolean): Buffer {
  const { negotiated, table } = encoder;
  if (item.type === 'BOOKMARK' || item.type === 'ERROR') return frame(item.type, item.type === 'ERROR' ? item.status : bookmark(served, item, encoder), negotiated);
  const { encoding, shape, metaVersion } = negotiated;
  if (shape === 'table') return frame(item.type, buildTable(served, [item.object.object], {resourceVersion: String(item.revision)}, { ...table, noHeaders: !first }), negotiated);
  const key = `${encoding} ${shape} ${metaVersion} ${served.definition.group} ${served.version.name}`;
  let made = item.frames.get(key);
  if (!made) {
    made = encoding === 'json' && shape === 'object' && isStorageForm(served) ? jsonFrame(item.type, item.object.bytes) : frame(item.type, shaped(served, item.object.object, encoder), negotiated);
    item.frames.set(key, made);
  }
  return made;
}

function bookmark(served: ServedResource, item: Extract<WatchItem, { type: 'BOOKMARK' }>, { negotiated, table }: Encoder): AnyObject {
  const metadata = { resourceVersion: String(item.revision), creationTimestamp: null, ...(item.initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}) } as unknown as AnyObject['metadata'];
  if (negotiated.shape === 'table') return buildTable(served, [{ metadata }], { resourceVersion: String(item.revision) }, { ...table, noHeaders: true });
  if (negotiated.shape === 'metadata') return partialMetadata({ metadata }, negotiated.metaVersion);
  return { kind: served.definition.kind, apiVersion: apiVersionOf(served), metadata };
}

function frame(type: string, object: AnyObject, negotiated: Negotiated): Buffer {
  if (negotiated.encoding === 'protobuf') {
    const encoded = toProtobuf(object);
    if (encoded) return protobufFrame(type, encoded);
  }
  return jsonFrame(type, Buffer.from(JSON.stringify(object)));
}

function jsonFrame(type: string, object: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), object, Buffer.from('}\n')]);
}
