/**
 * What is owned of objects whose schema changed since: below something that is now owned as a whole there is nothing to own.
 * Upstream: sigs.k8s.io/structured-merge-diff/typed/reconcile_schema.go
 */
import type { Schema } from '../schema.ts';
import { FieldSet, type PathElement } from './field-set.ts';

/** Sets are mostly shared, and fit: so is remembered which do. */
const fitting = new WeakMap<Schema, WeakSet<FieldSet>>();

/** `fields` as the schema of now sees them: whoever owns something inside of an atomic list, map or struct owns it whole. */
export function reconcileFields(schema: Schema, fields: FieldSet): FieldSet {
  let known = fitting.get(schema);
  if (!known) fitting.set(schema, (known = new WeakSet()));
  if (known.has(fields)) return fields;
  const reconciled = reconcile(schema, fields);
  known.add(reconciled);
  return reconciled;
}

function reconcile(schema: Schema | undefined, fields: FieldSet): FieldSet {
  if (schema === undefined || schema.type === 'scalar' || fields.children.size === 0) return fields;
  if (isAtomic(schema)) return FieldSet.leaf;
  let changed: Map<PathElement, FieldSet> | undefined;
  for (const [element, child] of fields.children) {
    const inner = reconcile(schemaBelow(schema, element), child);
    if (inner === child) continue;
    changed ??= new Map(fields.children);
    changed.set(element, inner);
  }
  return changed ? new FieldSet(fields.isMember, changed) : fields;
}

const isAtomic = (schema: Exclude<Schema, { type: 'scalar' }>): boolean => (schema.type === 'list' ? schema.listType !== 'set' && schema.listType !== 'map' : schema.mapType === 'atomic');

/** The schema of what a path element leads to. */
export function schemaBelow(schema: Schema | undefined, element: PathElement): Schema | undefined {
  if (schema?.type === 'struct') return schema.fields.get(element.slice(2))?.schema;
  if (schema?.type === 'map') return schema.value;
  return schema?.type === 'list' ? schema.item : undefined;
}
