/**
 * Who owns which field of an object, recorded on every write (metadata.managedFields), and server-side apply, which is decided by it.
 * Compared is the storage version; an entry names the version that the client wrote.
 * Upstream: k8s.io/apimachinery/pkg/util/managedfields, k8s.io/apiserver/pkg/endpoints/handlers/{create,update,patch}.go
 */
import { timestamp } from '../../base/clock.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { createdFields } from '../../apimachinery/field-manager/created-fields.ts';
import { applyConfiguration, updateManagedFields, type Applied, type Writer } from '../../apimachinery/field-manager/field-manager.ts';
import { clientAppliedFields } from '../../apimachinery/field-manager/last-applied.ts';
import { FieldSet } from '../../apimachinery/field-manager/field-set.ts';
import type { ManagedFieldsEntry } from '../../apimachinery/field-manager/managed-fields.ts';
import { formatApiVersion } from '../../apimachinery/group-version.ts';
import type { AnyObject, Draft } from '../../apimachinery/object.ts';
import type { Schema } from '../../apimachinery/schema.ts';
import type { DraftObject, ResourceDefinition } from '../../resources/definition.ts';
import { builtinKindSchema } from '../../resources/schema/builtin.ts';

/** In whose name fields are owned. */
export interface Ownership {
  readonly manager: string;
  /** The version the client wrote in. */
  readonly apiVersion: string;
  /** The object comes from `applyOwned`: its managedFields are settled. */
  readonly applied?: boolean;
}

/** Sets managedFields of an object about to be created. */
export function ownCreated(definition: ResourceDefinition, object: DraftObject, ownership: Ownership | undefined, now: number): void {
  if (ownership?.applied) return;
  delete object.metadata.managedFields;
  if (!ownership) return;
  const schema = schemaOf(definition);
  const fieldsV1 = schema && createdFields(schema, object as AnyObject, ignoredFields(definition, ''));
  if (!fieldsV1) return;
  const entry: ManagedFieldsEntry = { manager: ownership.manager, operation: 'Update', apiVersion: ownership.apiVersion, time: timestamp(now), fieldsType: 'FieldsV1', fieldsV1 };
  object.metadata.managedFields = [entry as Draft<ManagedFieldsEntry>];
}

/** Sets managedFields of an object about to replace `old`. */
export function ownUpdated(definition: ResourceDefinition, object: DraftObject, old: AnyObject, write: { readonly ownership: Ownership | undefined; readonly subresource: string; readonly now: number }): void {
  const { ownership, subresource, now } = write;
  if (ownership?.applied) return keepTimes(object, old);
  const before = old.metadata.managedFields;
  if (object.metadata.managedFields === undefined || equalJson(object.metadata.managedFields, before)) {
    if (before) object.metadata.managedFields = before as Draft<object>[];
    else delete object.metadata.managedFields;
  }
  const schema = schemaOf(definition);
  if (!ownership || !schema) return restore(object, before);
  const [was, is] = differing(old, object as AnyObject);
  if (was === undefined && object.metadata.managedFields === before) return;
  const entries = updateManagedFields(schema, was ?? old, is ?? (object as AnyObject), writerOf(definition, ownership, subresource, now));
  if (entries.length === 0) delete object.metadata.managedFields;
  else object.metadata.managedFields = entries as Draft<ManagedFieldsEntry>[];
}

/** An apply that changes nothing, now that defaults are filled in, is none of today. */
function keepTimes(object: DraftObject, old: AnyObject): void {
  const before = old.metadata.managedFields;
  const timeless = (entries: readonly object[] | undefined): object[] => (entries ?? []).map((entry) => ({ ...entry, time: undefined }));
  if (before && differing(old, object as AnyObject)[0] === undefined && equalJson(timeless(object.metadata.managedFields), timeless(before))) restore(object, before);
}

function restore(object: DraftObject, entries: readonly object[] | undefined): void {
  if (entries) object.metadata.managedFields = entries as Draft<object>[];
  else delete object.metadata.managedFields;
}

/** Both states without what they have in common at the top and in metadata: mostly little is left to compare. */
function differing(old: AnyObject, now: AnyObject): [AnyObject, AnyObject] | [undefined, undefined] {
  const was: Record<string, unknown> = {};
  const is: Record<string, unknown> = {};
  const wasMetadata: Record<string, unknown> = {};
  const isMetadata: Record<string, unknown> = {};
  const top = split(old, now, was, is);
  const meta = split(old.metadata as Record<string, unknown>, now.metadata as Record<string, unknown>, wasMetadata, isMetadata);
  if (!top && !meta) return [undefined, undefined];
  const identity = { managedFields: old.metadata.managedFields };
  return [
    { ...was, metadata: { ...wasMetadata, ...identity } } as AnyObject,
    { ...is, metadata: { ...isMetadata, managedFields: now.metadata.managedFields } } as AnyObject,
  ];
}

const compared = new Set(['metadata', 'kind', 'apiVersion', 'resourceVersion', 'managedFields']);

function split(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>, left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  let differs = false;
  for (const key in a) {
    if (compared.has(key) || equalJson(a[key], b[key])) continue;
    if (a[key] !== undefined) left[key] = a[key];
    if (b[key] !== undefined) right[key] = b[key];
    differs = true;
  }
  for (const key in b) {
    if (key in a || compared.has(key) || b[key] === undefined) continue;
    right[key] = b[key];
    differs = true;
  }
  return differs;
}

export interface Application {
  readonly ownership: Ownership;
  readonly subresource: string;
  readonly now: number;
  readonly force: boolean;
  /** What client-side apply left on the object, in the storage version: no conflict for the manager that takes over from it. */
  readonly lastApplied?: AnyObject | undefined;
}

/** The object that a configuration makes of `live`; undefined when there is none yet. Throws 409 on conflicts. */
export function applyOwned(definition: ResourceDefinition, live: AnyObject | undefined, config: AnyObject, apply: Application): Applied {
  const schema = schemaOf(definition);
  if (!schema) throw new Error(`no schema of ${definition.group}/${definition.plural}`);
  const forgiven = live && apply.lastApplied ? { forgiven: clientAppliedFields(schema, apply.lastApplied, live) } : {};
  return applyConfiguration(schema, live, config, { ...writerOf(definition, apply.ownership, apply.subresource, apply.now), force: apply.force, ...forgiven });
}

/** The manager that stands for a client which names none: what its user agent says before the first slash. */
export function managerOf(fieldManager: string | null, userAgent: string | undefined): string {
  if (fieldManager) return fieldManager;
  return printable((userAgent ?? '').split('/')[0] ?? '').slice(0, 128) || 'unknown';
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '');

function writerOf(definition: ResourceDefinition, { manager, apiVersion }: Ownership, subresource: string, now: number): Writer {
  const ignored = ignoredSet(ignoredFields(definition, subresource));
  return { manager, apiVersion, now: timestamp(now), ignored, ...(subresource === '' ? {} : { subresource }) };
}

const ignoredSets = new Map<readonly string[], FieldSet>();

function ignoredSet(fields: readonly string[]): FieldSet {
  let set = ignoredSets.get(fields);
  if (!set) ignoredSets.set(fields, (set = fields.reduce((all, path) => all.union(FieldSet.of(...path.split('.').map((step) => `f:${step}`))), FieldSet.empty)));
  return set;
}

const throughStatus: readonly string[] = ['spec', 'data', 'metadata.labels', 'metadata.ownerReferences'];
const throughMain: readonly string[] = ['status'];
const nothing: readonly string[] = [];

/** Fields that a write through this door leaves as they are. */
function ignoredFields(definition: ResourceDefinition, subresource: string): readonly string[] {
  if (subresource === 'status') return throughStatus;
  return subresource === '' && 'status' in definition.subresources ? throughMain : nothing;
}

/** The schema of what storage keeps. */
function schemaOf(definition: ResourceDefinition): Schema | undefined {
  const { storageGroup, storageVersion, versions } = definition;
  if (storageGroup !== undefined) return builtinKindSchema(formatApiVersion({ group: storageGroup, version: storageVersion }), definition.kind);
  return (versions.find(({ name }) => name === storageVersion) ?? versions[0])?.schema;
}

