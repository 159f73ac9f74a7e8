/** The entries of metadata.managedFields: who owns which fields. */
import type { FieldSet, FieldsV1 } from './field-set.ts';
import { fieldSetOfJson, jsonOfFieldSet } from './shared-fields.ts';

export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string | undefined;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldsV1;
  readonly subresource?: string | undefined;
}

/** An entry with its fields as a set. */
export interface Ownership {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Undefined: one of the entries is malformed, or there is no list. */
export function readManagedFields(entries: unknown): Ownership[] | undefined {
  if (!Array.isArray(entries)) return undefined;
  const out: Ownership[] = [];
  for (const entry of entries as Partial<ManagedFieldsEntry>[]) {
    const isKnown = (entry.operation === 'Apply' || entry.operation === 'Update') && (entry.fieldsType ?? 'FieldsV1') === 'FieldsV1';
    if (!isKnown || typeof entry.apiVersion !== 'string' || entry.operation === undefined) return undefined;
    out.push({
      manager: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion,
      subresource: entry.subresource ?? '',
      time: entry.time,
      fields: fieldSetOfJson(entry.fieldsV1),
    });
  }
  return out;
}

/** Appliers first, then by time and name, as upstream sorts them. */
export function writeManagedFields(owners: readonly Ownership[]): ManagedFieldsEntry[] {
  return [...owners].sort(byOperationTimeAndName).map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: jsonOfFieldSet(fields),
    ...(subresource === '' ? {} : { subresource }),
  }));
}

function byOperationTimeAndName(a: Ownership, b: Ownership): number {
  if (a.operation !== b.operation) return a.operation < b.operation ? -1 : 1;
  const [left, right] = a.time === b.time ? [`${a.manager} ${a.subresource}`, `${b.manager} ${b.subresource}`] : [a.time ?? '', b.time ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}

const mostUpdaters = 10;

/** Joins the oldest updaters of the same version as 'ancient-changes' until there are no more than can be kept, if that helps. */
export function capUpdaters(owners: readonly Ownership[]): Ownership[] {
  const updaters = owners.filter(({ operation }) => operation === 'Update').sort(byOperationTimeAndName);
  let surplus = updaters.length - mostUpdaters;
  if (surplus <= 0) return [...owners];
  const kept = new Set(owners);
  const oldest = new Map<string, Ownership>();
  for (const owner of updaters) {
    if (surplus === 0) break;
    const first = oldest.get(owner.apiVersion);
    if (first) {
      const joined: Ownership = { ...owner, manager: 'ancient-changes', subresource: '', fields: first.fields.union(owner.fields) };
      kept.delete(first);
      kept.delete(owner);
      kept.add(joined);
      oldest.set(owner.apiVersion, joined);
      surplus--;
    } else oldest.set(owner.apiVersion, owner);
  }
  return [...kept];
}
