/**
 * What goes when an applier no longer says it: fields and items that it applied before, that nobody else owns and that hold nothing of
 * others. Upstream: sigs.k8s.io/structured-merge-diff/merge/update.go (prune), typed/remove.go
 */
import { setField } from '../object.ts';
import type { Schema } from '../schema.ts';
import { fieldSetOf } from './compare.ts';
import { FieldSet, type PathElement } from './field-set.ts';
import { schemaBelow } from './reconcile.ts';
import { structureOf, type JsonObject } from './structure.ts';

/**
 * `merged` without what only `last`, the applier's set of before, has; `owned` is what everybody owns now, the applier's new set among
 * it. Shares values with `merged`.
 */
export function pruneApplied(schema: Schema, merged: unknown, last: FieldSet, owned: FieldSet): unknown {
  const whole = (value: unknown): FieldSet => withNamedFields(schema, fieldSetOf(schema, value));
  const named = withNamedFields(schema, last);
  const all = whole(merged);
  const withoutLast = removeMembers(schema, merged, named);
  const withOwned = removeMembers(schema, merged, all.difference(whole(withoutLast).union(withNamedFields(schema, owned))));
  return removeMembers(schema, merged, all.difference(whole(withOwned)).intersection(named));
}

/** The set with the fields of structs that lead to its members; maps' keys and items belong to it only where it says so. */
function withNamedFields(schema: Schema | undefined, set: FieldSet): FieldSet {
  if (set.children.size === 0) return set;
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const isField = element.startsWith('f:');
    const inner = withNamedFields(schemaBelow(schema, element), child);
    const isMember = child.isMember || (isField && schema?.type === 'struct' && schema.fields.has(element.slice(2)));
    children.set(element, isMember === inner.isMember ? inner : new FieldSet(isMember, inner.children));
  }
  return new FieldSet(set.isMember, children);
}

/** `value` without the members of `gone`. What loses all it had becomes null. */
function removeMembers(schema: Schema | undefined, value: unknown, gone: FieldSet): unknown {
  if (gone.children.size === 0) return value;
  const structure = structureOf(schema, value);
  if (structure.type === 'whole') return schema?.type === 'scalar' || (schema === undefined && !Array.isArray(value)) ? value : null;
  if (structure.type === 'fields') {
    const out: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value as JsonObject)) {
      const below = gone.children.get(`f:${key}`);
      if (below?.isMember !== true) setField(out, key, below ? removeMembers(structure.schemaOf(key), item, below) : item);
    }
    return Object.keys(out).length === 0 ? null : out;
  }
  const out: unknown[] = [];
  for (const item of value as readonly unknown[]) {
    const below = gone.children.get(structure.elementOf(item));
    if (below?.isMember === true) continue;
    out.push(below && structure.type === 'items' ? removeMembers(structure.item, item, below) : item);
  }
  return out.length === 0 ? null : out;
}
