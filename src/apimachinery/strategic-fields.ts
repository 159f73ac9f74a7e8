/** What the schema says of the fields that a strategic merge patch merges. */
import type { Field, Schema } from './schema.ts';
import { mergeFailure } from './strategic-merge.ts';

/** The field of an object. Throws when there is none: only structs can be merged into. */
export function patchField(schema: Schema, key: string): Field {
  if (schema.type === 'map' || schema.type === 'list') {
    throw mergeFailure(`merging an object in json but data type is not struct, instead is: ${schema.type === 'map' ? 'map' : 'slice'}`);
  }
  const field = schema.type === 'struct' ? schema.fields.get(key) : undefined;
  if (field === undefined) throw mergeFailure(`unable to find api field in struct ${structName(schema)} for the json field ${JSON.stringify(key)}`);
  return field;
}

/** The same for a field that must be a list. */
export function patchListField(schema: Schema, key: string): Field {
  const field = patchField(schema, key);
  const isList = field.schema.type === 'list' || (field.schema.type === 'scalar' && field.schema.scalar === 'bytes');
  if (!isList) throw mergeFailure('expected slice or array type, but got: struct');
  return field;
}

/** 'merge', 'replace' or, where values are replaced for want of one, ''. */
export const mergeStrategy = (field: Field): string => field.patchStrategy?.split(',').find((strategy) => strategy !== 'retainKeys') ?? '';

/** The schema of a list's items. */
export function itemSchema(field: Field): Schema {
  return field.schema.type === 'list' ? field.schema.item : field.schema;
}

function structName(schema: Schema): string {
  if (schema.type === 'struct') return schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? '';
  return schema.type === 'scalar' && schema.scalar === 'raw-object' ? 'RawExtension' : 'JSON';
}
