/** The protobuf message of a struct: its fields by number, with the messages that upstream embeds as layouts of their own. */
import type { Field, Schema, StructSchema } from './schema.ts';

export interface LayoutField {
  readonly number: number;
  readonly key: string;
  readonly schema: Schema;
  /** See ProtobufField. */
  readonly message: string | undefined;
  readonly keepZero: boolean;
}

/** An inner message whose fields are the outer object's. */
export interface EmbeddedLayout {
  readonly number: number;
  readonly embedded: Layout;
}

export interface Layout {
  readonly schema: StructSchema;
  readonly byNumber: ReadonlyMap<number, LayoutField | EmbeddedLayout>;
  /** Highest number first: the order of writing backwards. */
  readonly descending: readonly (LayoutField | EmbeddedLayout)[];
}

const layouts = new WeakMap<StructSchema, Layout>();

export function layoutOf(schema: StructSchema): Layout {
  const known = layouts.get(schema);
  if (known) return known;
  const layout = build(schema, [...schema.fields].filter(([, field]) => field.protobuf !== undefined), 0);
  layouts.set(schema, layout);
  return layout;
}

/** `depth`: how many of a field's `via` numbers lead to this message. */
function build(schema: StructSchema, fields: readonly (readonly [string, Field])[], depth: number): Layout {
  const byNumber = new Map<number, LayoutField | EmbeddedLayout>();
  const inner = new Map<number, (readonly [string, Field])[]>();
  for (const entry of fields) {
    const [key, { schema: form, protobuf }] = entry;
    if (!protobuf) continue;
    const via = protobuf.via?.[depth];
    if (via !== undefined) inner.set(via, [...(inner.get(via) ?? []), entry]);
    else byNumber.set(protobuf.number, { number: protobuf.number, key, schema: form, message: protobuf.message, keepZero: protobuf.keepZero ?? false });
  }
  for (const [number, members] of inner) byNumber.set(number, { number, embedded: build(schema, members, depth + 1) });
  return { schema, byNumber, descending: [...byNumber.values()].sort((a, b) => b.number - a.number) };
}
