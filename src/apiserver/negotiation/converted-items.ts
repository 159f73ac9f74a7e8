/**
 * Items of a list that cannot be sent as they are stored, a few at a time: thousands of conversions in one go would keep everybody
 * else waiting. `undefined` among the chunks says that there is more to do and that others may go first.
 */
import { encodeMessage, encodeProtobufList } from '../../apimachinery/protobuf.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import type { StructSchema } from '../../apimachinery/schema.ts';
import type { CachedObject } from '../../storage/cached-object.ts';

export type ListChunk = Buffer | undefined;

/** Conversions between two pauses: about a millisecond or two. */
const stretch = 50;

/** `{…head,"<field>":[a,b,c]}` as JSON. */
export function* jsonItems(head: object, field: string, items: readonly CachedObject[], convert: (item: CachedObject) => unknown): Generator<ListChunk> {
  let text = `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(field)}:[`;
  for (let from = 0; from < items.length; from += stretch) {
    const part = JSON.stringify(items.slice(from, from + stretch).map(convert)).slice(1, -1);
    text += from === 0 ? part : `,${part}`;
    if (from + stretch >= items.length) break;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}]}`);
}

/** The enveloped protobuf message of a list; nothing can be sent before the last item, since its length comes first. */
export function* protobufItems(head: AnyObject, schema: StructSchema, items: readonly CachedObject[], convert: (item: CachedObject) => unknown): Generator<ListChunk> {
  const list = schema.fields.get('items')?.schema;
  const metadata = schema.fields.get('metadata')?.schema;
  if (list?.type !== 'list' || list.item.type !== 'struct' || metadata?.type !== 'struct') throw new Error(`${schema.name ?? 'the type'} is not a list`);
  const encoded: Uint8Array[] = [];
  for (const item of items) {
    encoded.push(encodeMessage(list.item, convert(item) as Readonly<Record<string, unknown>>));
    if (encoded.length % stretch === 0) yield undefined;
  }
  yield* joined(encodeProtobufList(head.apiVersion ?? '', head.kind ?? '', encodeMessage(metadata, head.metadata as Readonly<Record<string, unknown>>), encoded));
}

const chunkBytes = 256 * 1024;

/** Many small chunks as few large ones. */
function* joined(parts: readonly Uint8Array[]): Generator<Buffer> {
  let from = 0;
  let size = 0;
  for (const [index, part] of parts.entries()) {
    size += part.length;
    if (size < chunkBytes && index < parts.length - 1) continue;
    yield Buffer.concat(parts.slice(from, index + 1));
    from = index + 1;
    size = 0;
  }
}
