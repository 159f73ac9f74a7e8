/**
 * Trees of fieldsV1, each kept once: thousands of objects written by one manager own the same fields, and what they own together
 * would weigh more than the objects. Nobody changes them.
 */
import { FieldSet, type FieldsV1 } from './field-set.ts';

const mostTrees = 2000;
const trees = new Map<string, FieldsV1>();
const sets = new WeakMap<FieldsV1, FieldSet>();
const treesOfSets = new WeakMap<FieldSet, FieldsV1>();
const texts = new WeakMap<FieldsV1, string>();

/** The tree of this content that all share. */
export function sharedFields(fields: FieldsV1): FieldsV1 {
  const text = JSON.stringify(fields);
  const known = trees.get(text);
  if (known) return known;
  if (trees.size >= mostTrees) trees.clear();
  trees.set(text, fields);
  return fields;
}

/** The set of a tree; of a shared tree read once. */
export function fieldSetOfJson(fields: FieldsV1 | undefined): FieldSet {
  const known = fields && sets.get(fields);
  if (known) return known;
  const set = FieldSet.fromJson(fields);
  const shared = sharedFields(fields ?? {});
  const sharedSet = sets.get(shared);
  if (sharedSet) return sharedSet;
  sets.set(shared, set);
  treesOfSets.set(set, shared);
  return set;
}

/** The shared tree of a set. */
export function jsonOfFieldSet(set: FieldSet): FieldsV1 {
  let tree = treesOfSets.get(set);
  if (!tree) treesOfSets.set(set, (tree = sharedFields(set.toJson())));
  return tree;
}

/** A tree as JSON, written once. */
export function textOfFields(fields: FieldsV1): string {
  let text = texts.get(fields);
  if (text === undefined) texts.set(fields, (text = JSON.stringify(fields)));
  return text;
}
