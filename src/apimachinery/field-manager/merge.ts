/** Putting a configuration into an object, and taking fields out of one, by the schema's list and map types. */
import { draft } from '../object.ts';
import type { Schema } from '../schema.ts';
import type { FieldSet, PathElement } from './field-set.ts';
import { isObject, itemsByElement, structureOf } from './structure.ts';

/** The object with all that the configuration says; lists of items keep their order and grow at the end. Shares nothing with its sources. */
export function mergeConfiguration(schema: Schema | undefined, live: unknown, config: unknown): unknown {
  const structure = structureOf(schema, config);
  if (structure.type === 'whole' || structureOf(schema, live).type !== structure.type) return draft(config);
  if (structure.type === 'fields') {
    const out: Record<string, unknown> = draft(live as Record<string, unknown>);
    for (const [key, value] of Object.entries(config as object)) {
      out[key] = mergeConfiguration(structure.schemaOf(key), Object.hasOwn(out, key) ? out[key] : undefined, value);
    }
    return out;
  }
  const wanted = itemsByElement(config, structure.elementOf);
  const out: unknown[] = [];
  for (const item of live as unknown[]) {
    const element = structure.elementOf(item);
    const change = wanted.get(element);
    out.push(change === undefined || structure.type === 'set' ? draft(item) : mergeConfiguration(structure.item, item, change));
    wanted.delete(element);
  }
  return [...out, ...[...wanted.values()].map((item) => draft(item))];
}

/**
 * Takes the members of `gone` out of `object`, which is changed, unless `kept` has them or something in them. What becomes empty by
 * that goes too.
 */
export function removeFields(schema: Schema | undefined, object: unknown, gone: FieldSet, kept: FieldSet | undefined): void {
  const structure = structureOf(schema, object);
  if (structure.type === 'whole') return;
  if (structure.type === 'fields') {
    const fields = object as Record<string, unknown>;
    for (const [element, set] of gone.children) {
      const key = element.slice(2);
      if (!element.startsWith('f:') || !Object.hasOwn(fields, key)) continue;
      const keeper = kept?.children.get(element);
      if (keeper === undefined && set.children.size === 0) delete fields[key];
      else {
        removeFields(structure.schemaOf(key), fields[key], set, keeper);
        if (keeper === undefined && isHollow(fields[key])) delete fields[key];
      }
    }
    return;
  }
  const list = object as unknown[];
  const survivors = list.filter((item) => !isRemoved(structure.elementOf(item), gone, kept));
  list.splice(0, list.length, ...survivors);
  if (structure.type === 'set') return;
  for (const item of list) {
    const element = structure.elementOf(item);
    const set = gone.children.get(element);
    if (set) removeFields(structure.item, item, set, kept?.children.get(element));
  }
}

const isRemoved = (element: PathElement, gone: FieldSet, kept: FieldSet | undefined): boolean =>
  gone.children.get(element)?.isMember === true && kept?.children.get(element) === undefined;

const isHollow = (value: unknown): boolean => (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);
