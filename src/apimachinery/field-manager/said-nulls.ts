/** Nulls of a configuration: decoding an object drops them, but who applies a null owns the field, and takes its value away. */
import type { Schema, StructSchema } from '../schema.ts';
import { isObject, type JsonObject } from './structure.ts';

const keptMetadata: ReadonlySet<string> = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers']);

/** Puts the nulls that `sent` has in fields of `schema` into `config`, which was decoded from it and is changed; not those of metadata that the server sets. */
export function restoreNulls(schema: StructSchema, sent: JsonObject, config: Record<string, unknown>): void {
  for (const [key, { schema: below }] of schema.fields) {
    if (key === 'metadata') restoreMetadata(below, sent[key], config[key]);
    else restoreField(below, key, sent, config);
  }
}

function restoreMetadata(schema: Schema, sent: unknown, config: unknown): void {
  if (schema.type !== 'struct' || !isObject(sent) || !isObject(config)) return;
  for (const key of keptMetadata) {
    const field = schema.fields.get(key);
    if (field) restoreField(field.schema, key, sent, config as Record<string, unknown>);
  }
}

function restoreField(schema: Schema, key: string, sent: JsonObject, config: Record<string, unknown>): void {
  if (sent[key] === null && config[key] === undefined) config[key] = null;
  else restore(schema, sent[key], config[key]);
}

function restore(schema: Schema, sent: unknown, config: unknown): void {
  if (schema.type === 'list' && Array.isArray(sent) && Array.isArray(config) && sent.length === config.length) {
    for (const [index, item] of sent.entries()) restore(schema.item, item, (config as unknown[])[index]);
    return;
  }
  if (!isObject(sent) || !isObject(config)) return;
  if (schema.type === 'map') for (const key in sent) restore(schema.value, sent[key], config[key]);
  if (schema.type !== 'struct') return;
  for (const key in sent) {
    const field = schema.fields.get(key);
    if (field) restoreField(field.schema, key, sent, config as Record<string, unknown>);
  }
}
