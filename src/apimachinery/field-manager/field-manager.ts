/**
 * Who owns which field: kept on every write, and what makes `kubectl apply --server-side` merge instead of overwrite. Objects and
 * configurations are compared in one version, the one that the schema is of.
 * Upstream: k8s.io/apimachinery/pkg/util/managedfields, sigs.k8s.io/structured-merge-diff/merge
 */
import { pruneValue } from '../decode.ts';
import type { AnyObject } from '../object.ts';
import type { Schema } from '../schema.ts';
import { StatusError } from '../status-error.ts';
import { compareObjects, fieldSetOf, type Difference } from './compare.ts';
import { FieldSet, formatPath, type PathElement } from './field-set.ts';
import { capUpdaters, readManagedFields, writeManagedFields, type ManagedFieldsEntry, type Ownership } from './managed-fields.ts';
import { mergeConfiguration } from './merge.ts';
import { pruneApplied } from './prune.ts';
import { reconcileFields } from './reconcile.ts';

export interface Writer {
  /** The query parameter fieldManager, or what stands for it: the user agent up to its first '/'. */
  readonly manager: string;
  /** The version that was written. */
  readonly apiVersion: string;
  /** 'status', 'scale'...; absent for the object itself. */
  readonly subresource?: string;
  /** RFC 3339, in whole seconds. */
  readonly now: string;
  /** Fields that this request cannot change (status, for the object itself): never owned through it. */
  readonly ignored?: FieldSet;
}

export interface Applier extends Writer {
  /** Takes over what others own with other values. */
  readonly force?: boolean;
  /** Conflicts about these fields are taken over too: what the applier wrote before it began to apply. */
  readonly forgiven?: FieldSet;
}

/** Fields that nobody owns, because the server sets them or they name the object. */
const unowned = [
  ['f:apiVersion'], ['f:kind'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map((field) => ['f:metadata', `f:${field}`]),
].reduce((set, path) => set.union(FieldSet.of(...path)), FieldSet.empty);

/**
 * managedFields after a create, update or patch: what changed between `live` (undefined on create) and `updated` belongs to the
 * writer, and to nobody else. A writer that sends an empty list, or one empty entry, clears it.
 */
export function updateManagedFields(schema: Schema, live: AnyObject | undefined, updated: AnyObject, writer: Writer): ManagedFieldsEntry[] {
  const sent = updated.metadata.managedFields;
  if (live && isReset(sent)) return [];
  const before = ownersIn(schema, sent) ?? ownersIn(schema, live?.metadata.managedFields) ?? [];
  const difference = compareObjects(schema, withoutManagedFields(live ?? emptyObject), withoutManagedFields(updated));
  const changed = strip(difference.added.union(difference.modified), writer);
  const removed = strip(difference.removed, writer);
  if (changed.isEmpty && removed.isEmpty) return writeManagedFields(before);
  const own = before.find((owner) => owner.operation === 'Update' && isSame(owner, writer) && owner.apiVersion === writer.apiVersion);
  const others = before.filter((owner) => owner !== own).map((owner) => withFields(owner, owner.fields.difference(changed).difference(removed)));
  const fields = (own?.fields ?? FieldSet.empty).difference(removed).union(changed);
  const entry: Ownership = { manager: writer.manager, operation: 'Update', apiVersion: writer.apiVersion, subresource: writer.subresource ?? '', time: writer.now, fields };
  const kept = own?.fields.equals(fields) === true ? own : entry;
  return writeManagedFields(capUpdaters([...others, kept].filter((owner) => !owner.fields.isEmpty)));
}

const ownersIn = (schema: Schema, entries: unknown): Ownership[] | undefined => readManagedFields(entries)?.map((owner) => withFields(owner, reconcileFields(schema, owner.fields)));

const withFields = (owner: Ownership, fields: FieldSet): Ownership => (fields === owner.fields ? owner : { ...owner, fields });

const emptyObject: AnyObject = { metadata: {} };

const isReset = (sent: readonly object[] | undefined): boolean => sent !== undefined && (sent.length === 0 || (sent.length === 1 && Object.keys(sent[0] ?? {}).length === 0));

const isSame = (owner: Ownership, writer: Writer): boolean => owner.manager === writer.manager && owner.subresource === (writer.subresource ?? '');

const metadataItself = FieldSet.of('f:metadata');

const strip = (set: FieldSet, { ignored }: Writer): FieldSet => set.recursiveDifference(ignored ? unowned.union(ignored) : unowned).difference(metadataItself);

function withoutManagedFields(object: AnyObject): AnyObject {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

export interface Applied {
  /** The object to write, with its managedFields; shares nothing with its sources. */
  readonly object: AnyObject;
  /** False: neither the object nor its ownership changes. */
  readonly isChanged: boolean;
}

/**
 * Server-side apply of a pruned configuration. `live` is undefined when the object is to be created. Throws StatusError 409 with a
 * cause for each field that another manager owns with another value, unless `force` takes them over.
 */
export function applyConfiguration(schema: Schema, live: AnyObject | undefined, config: AnyObject, writer: Applier): Applied {
  const bareLive = withoutManagedFields(live ?? emptyObject);
  const bareConfig = withoutManagedFields(config);
  const before = ownersBeforeApply(schema, live, bareLive, writer);
  const own = before.find((owner) => owner.operation === 'Apply' && isSame(owner, writer));
  const fields = strip(fieldSetOf(schema, bareConfig), writer);
  const others = before.filter((owner) => owner !== own);
  let joined = mergeConfiguration(schema, bareLive, bareConfig);
  if (own && !own.fields.difference(fields).isEmpty) {
    joined = pruneApplied(schema, joined, own.fields, others.reduce((set, owner) => set.union(owner.fields), fields)) ?? {};
  }
  const difference = withoutIgnored(compareObjects(schema, bareLive, joined), writer.ignored);
  const entry: Ownership = { manager: writer.manager, operation: 'Apply', apiVersion: writer.apiVersion, subresource: writer.subresource ?? '', time: writer.now, fields };
  const settled = settle(others, difference, writer);
  const isOwnershipSame = own?.fields.equals(fields) === true && own.apiVersion === writer.apiVersion;
  // What a configuration leaves empty is its manager's, and not stored.
  const merged = pruneValue(schema, joined, { dropEmpty: true }) as AnyObject;
  const isChanged = live === undefined || !isOwnershipSame || !isNothing(withoutIgnored(compareObjects(schema, bareLive, merged), writer.ignored));
  const owners = [...settled, isChanged ? entry : own].filter((owner): owner is Ownership => owner !== undefined && !owner.fields.isEmpty);
  const metadata = { ...merged.metadata, managedFields: writeManagedFields(owners) };
  return { object: { ...merged, metadata }, isChanged };
}

const withoutIgnored = ({ added, modified, removed }: Difference, ignored: FieldSet = FieldSet.empty): Difference => ({
  added: added.recursiveDifference(ignored), modified: modified.recursiveDifference(ignored), removed: removed.recursiveDifference(ignored),
});

const isNothing = ({ added, modified, removed }: Difference): boolean => added.isEmpty && modified.isEmpty && removed.isEmpty;

/** Fields of an object that was written before anyone applied it belong to a manager of their own. */
function ownersBeforeApply(schema: Schema, live: AnyObject | undefined, bareLive: AnyObject, writer: Writer): Ownership[] {
  const known = ownersIn(schema, live?.metadata.managedFields) ?? [];
  if (!live || known.length > 0) return known;
  const { added, modified } = compareObjects(schema, emptyObject, bareLive);
  const fields = strip(added.union(modified), writer);
  return fields.isEmpty ? [] : [{ manager: 'before-first-apply', operation: 'Update', apiVersion: writer.apiVersion, subresource: '', time: writer.now, fields }];
}

/** What the other managers still own. Throws on conflicts that are not forced. */
function settle(others: readonly Ownership[], difference: Difference, { force, forgiven = FieldSet.empty }: Applier): Ownership[] {
  const changed = difference.added.union(difference.modified);
  const conflicts = others.flatMap((owner) => [...owner.fields.intersection(changed).difference(forgiven).paths()].map((path) => ({ owner, path })));
  if (conflicts.length > 0 && force !== true) throw conflictError(conflicts);
  return others.map((owner) => withFields(owner, owner.fields.difference(changed).difference(difference.removed)));
}

interface Conflict {
  readonly owner: Ownership;
  readonly path: readonly PathElement[];
}

function conflictError(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ owner, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${describe(owner)}`, field: formatPath(path) }));
  return new StatusError({ code: 409, reason: 'Conflict', message: conflictMessage(conflicts), details: { causes } });
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) return `Apply failed with 1 conflict: conflict with ${describe(first.owner)}: ${formatPath(first.path)}`;
  const byOwner = new Map<string, string[]>();
  for (const { owner, path } of conflicts) byOwner.set(describe(owner), [...(byOwner.get(describe(owner)) ?? []), formatPath(path)]);
  const lines = [...byOwner].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([owner, paths]) => [`conflicts with ${owner}:`, ...paths.map((path) => `- ${path}`)]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function describe({ manager, operation, apiVersion, subresource }: Ownership): string {
  const who = `${JSON.stringify(manager)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Apply' ? who : `${who} using ${apiVersion}`;
}
