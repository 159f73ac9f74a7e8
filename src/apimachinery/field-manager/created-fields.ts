/**
 * The fields that the creator of an object owns, as fieldsV1: what comparing it with nothing gives, in one walk without sets, since
 * every creation pays for it.
 */
import type { AnyObject } from '../object.ts';
import type { Schema } from '../schema.ts';
import type { FieldsV1 } from './field-set.ts';
import { itemsByElement, structureOf } from './structure.ts';

const leaf: FieldsV1 = Object.freeze({});

/** Metadata that nobody owns, because the server sets it or it names the object. */
const unownedMetadata: ReadonlySet<string> = new Set(['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion']);
const unownedFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** `ignored` names top-level fields that the writer cannot set. Undefined: there is nothing to own. */
export function createdFields(schema: Schema, object: AnyObject, ignored: readonly string[]): FieldsV1 | undefined {
  const root: Record<string, FieldsV1> = {};
  const structure = structureOf(schema, object);
  if (structure.type !== 'fields') return undefined;
  for (const key of Object.keys(object).sort()) {
    if (unownedFields.has(key) || ignored.includes(key) || object[key] === undefined) continue;
    root[elementOfField(key)] = fieldsOf(structure.schemaOf(key), object[key]);
  }
  const metadata: Record<string, FieldsV1> = {};
  const metadataStructure = structureOf(structure.schemaOf('metadata'), object.metadata);
  for (const key of Object.keys(object.metadata).sort()) {
    const value = (object.metadata as Record<string, unknown>)[key];
    if (unownedMetadata.has(key) || value === undefined || metadataStructure.type !== 'fields') continue;
    metadata[elementOfField(key)] = fieldsOf(metadataStructure.schemaOf(key), value);
  }
  if (Object.keys(metadata).length > 0) root['f:metadata'] = metadata;
  return Object.keys(root).length === 0 ? undefined : root;
}

function fieldsOf(schema: Schema | undefined, value: unknown): FieldsV1 {
  const structure = structureOf(schema, value);
  if (structure.type === 'whole') return leaf;
  const out: Record<string, FieldsV1> = {};
  if (structure.type === 'fields') {
    const fields = value as Record<string, unknown>;
    const keys = Object.keys(fields);
    if (keys.length === 0) return leaf;
    if (structure.isMap) out['.'] = leaf;
    for (const key of keys.sort()) if (fields[key] !== undefined) out[elementOfField(key)] = fieldsOf(structure.schemaOf(key), fields[key]);
    return out;
  }
  const items = itemsByElement(value, structure.elementOf);
  if (items.size === 0) return leaf;
  out['.'] = leaf;
  for (const [element, item] of items) out[element] = structure.type === 'set' ? leaf : { '.': leaf, ...fieldsOf(structure.item, item) };
  return out;
}

const mostElements = 4096;
const elements = new Map<string, string>();

/** 'f:spec' for 'spec': made once for each name, since objects of a kind have the same names. */
function elementOfField(key: string): string {
  let element = elements.get(key);
  if (element === undefined) {
    if (elements.size >= mostElements) elements.clear();
    elements.set(key, (element = `f:${key}`));
  }
  return element;
}
