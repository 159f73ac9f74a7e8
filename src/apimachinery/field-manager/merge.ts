/** Putting a configuration into an object by the schema's list and map types. Upstream: sigs.k8s.io/structured-merge-diff/typed/merge.go */
import { draft, setField } from '../object.ts';
import type { Schema } from '../schema.ts';
import type { PathElement } from './field-set.ts';
import { allItemsByElement, isObject, structureOf, type FieldsStructure, type JsonObject, type Structure } from './structure.ts';

/**
 * The object with all that the configuration says. A null takes the place of values, but of no fields or items. Shares nothing with its
 * sources. Undefined is absent.
 */
export function mergeConfiguration(schema: Schema | undefined, live: unknown, config: unknown): unknown {
  if (config === undefined) return draft(live);
  const structure = structureOf(schema, config, true);
  if (structure.type === 'whole' && schema === undefined && config === null && isObject(live) && Object.keys(live).length > 0) return draft(live);
  if (structure.type === 'whole') return draft(config);
  return structure.type === 'fields' ? mergeFields(structure, live, config) : mergeItems(structure, live, config);
}

function mergeFields(structure: FieldsStructure, live: unknown, config: unknown): unknown {
  if (!isObject(live) || Object.keys(live).length === 0) return draft(config);
  const out: Record<string, unknown> = draft(live);
  for (const [key, value] of Object.entries((config ?? {}) as JsonObject)) {
    if (value !== undefined) setField(out, key, mergeConfiguration(structure.schemaOf(key), Object.hasOwn(live, key) ? live[key] : undefined, value));
  }
  return out;
}

type Listed = Extract<Structure, { type: 'items' | 'set' }>;

/**
 * The items of both: those that the configuration has are in its order, the others stay where they are among them. Live items with the
 * same keys are replaced by the configuration's, or stay.
 */
function mergeItems(structure: Listed, live: unknown, config: unknown): unknown {
  if (!Array.isArray(live) || live.length === 0 || config === null || (config as unknown[]).length === 0) return draft(Array.isArray(live) && live.length > 0 ? live : config);
  const was = live as unknown[];
  const is = config as unknown[];
  const found = allItemsByElement(was, structure.elementOf);
  const wanted = is.map(structure.elementOf);
  const isWanted = new Set(wanted);
  const merged = (index: number): unknown => {
    const items = found.get(wanted[index] ?? '') ?? [];
    return structure.type === 'set' || items.length !== 1 ? draft(is[index]) : mergeConfiguration(structure.item, items[0], is[index]);
  };
  return interleave(was.map(structure.elementOf), wanted, isWanted, (index) => draft(was[index]), merged);
}

/** Rows of live and wanted elements joined; `keep` and `put` make the items of each. */
function interleave(live: readonly PathElement[], wanted: readonly PathElement[], isWanted: ReadonlySet<PathElement>, keep: (index: number) => unknown, put: (index: number) => unknown): unknown[] {
  const isLive = new Set(live);
  const shared = wanted.filter((element) => isLive.has(element));
  const done = new Set<PathElement>();
  const out: unknown[] = [];
  let [l, w, s] = [0, 0, 0];
  const putNext = (): void => {
    const element = wanted[w] ?? '';
    done.add(element);
    out.push(put(w++));
    if (shared[s] === element) s++;
  };
  while (l < live.length || w < wanted.length) {
    const at = live[l];
    if (at !== undefined && w < wanted.length) {
      if (at === wanted[w]) {
        putNext();
        l++;
        continue;
      }
      // Another item of both comes first.
      if (isWanted.has(at) && s < shared.length && shared[s] !== at) {
        l++;
        continue;
      }
    }
    if (at !== undefined && !isWanted.has(at)) {
      out.push(keep(l++));
      continue;
    }
    if (at !== undefined && done.has(at)) l++;
    if (w < wanted.length) putNext();
  }
  return out;
}
