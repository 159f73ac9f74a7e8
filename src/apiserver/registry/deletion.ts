/**
 * How objects are deleted: preconditions, grace, finalizers, propagation. The decision is a pure function of the object and the
 * options, so that it can be made again when another writer comes first.
 * Upstream: k8s.io/apiserver/pkg/registry/generic/registry/store.go (Delete), k8s.io/apiserver/pkg/registry/rest/delete.go
 */
import { timestamp } from '../../base/clock.ts';
import { draft, type AnyObject } from '../../apimachinery/object.ts';
import { FieldPath, invalid, notSupported } from '../../apimachinery/field-error.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { DraftObject, ResourceDefinition } from '../../resources/definition.ts';
import { subjectOf, type Change } from './object-store.ts';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly orphanDependents?: boolean | undefined;
  readonly propagationPolicy?: string | undefined;
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
  readonly dryRun?: readonly string[] | undefined;
}

const policies = ['Foreground', 'Background', 'Orphan'];

/** Throws 422 for options that contradict themselves. */
export function checkDeleteOptions(options: DeleteOptions): void {
  const errors = [];
  if (options.orphanDependents !== undefined && options.propagationPolicy !== undefined) {
    errors.push(invalid(FieldPath.of('propagationPolicy'), options.propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (options.propagationPolicy !== undefined && !policies.includes(options.propagationPolicy)) {
    errors.push(notSupported(FieldPath.of('propagationPolicy'), options.propagationPolicy, [...policies, 'nil']));
  }
  if (errors.length > 0) throw status.invalidObject('meta.k8s.io', 'DeleteOptions', '', errors);
}

export function checkPreconditions(definition: ResourceDefinition, current: AnyObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name = '' } = current.metadata;
  if (uid !== undefined && uid !== current.metadata.uid) {
    throw status.conflict(subjectOf(definition), name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid ?? ''}`);
  }
  if (resourceVersion !== undefined && resourceVersion !== current.metadata.resourceVersion) {
    throw status.conflict(subjectOf(definition), name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${current.metadata.resourceVersion ?? ''}`);
  }
}

/** The deletion of `current` under `options`, at `now`. */
export function decideDeletion(definition: ResourceDefinition, current: AnyObject, options: DeleteOptions, now: number): Change {
  const grace = definition.strategy.gracePeriod?.(current, options.gracePeriodSeconds);
  const finalizers = finalizersAfter(definition, current, options);
  const graceful = grace !== undefined && grace > 0;
  const pending = finalizers.length > 0 || pendingInSpec(definition, current);
  if (current.metadata.deletionTimestamp !== undefined) return decideAgain(definition, current, finalizers, grace, pending, now);
  if (!graceful && !pending) return { type: 'remove' };
  const next = begin(current, finalizers, grace ?? 0, now);
  definition.strategy.beginDeletion?.(next);
  return { type: 'write', object: next as AnyObject };
}

/** A second deletion can only shorten the grace or change the propagation. */
function decideAgain(definition: ResourceDefinition, current: AnyObject, finalizers: readonly string[], grace: number | undefined, pending: boolean, now: number): Change {
  const running = current.metadata.deletionGracePeriodSeconds ?? 0;
  const wanted = grace ?? 0;
  if (!pending && wanted === 0) return { type: 'remove' };
  const next = draft(current);
  let changed = !sameList(finalizers, current.metadata.finalizers ?? []);
  if (finalizers.length > 0) next.metadata.finalizers = [...finalizers];
  else delete next.metadata.finalizers;
  if (definition.strategy.gracePeriod && wanted < running) {
    const begun = Date.parse(current.metadata.deletionTimestamp ?? '') - running * 1000;
    next.metadata.deletionTimestamp = timestamp(Math.max(begun + wanted * 1000, Math.min(now, begun + running * 1000)));
    next.metadata.deletionGracePeriodSeconds = wanted;
    changed = true;
  }
  return changed ? { type: 'write', object: next as AnyObject } : { type: 'keep' };
}

function begin(current: AnyObject, finalizers: readonly string[], grace: number, now: number): DraftObject {
  const next: DraftObject = draft(current);
  next.metadata.deletionTimestamp = timestamp(now + grace * 1000);
  next.metadata.deletionGracePeriodSeconds = grace;
  if (next.metadata.generation !== undefined && next.metadata.generation > 0) next.metadata.generation += 1;
  if (finalizers.length > 0) next.metadata.finalizers = [...finalizers];
  else delete next.metadata.finalizers;
  return next;
}

/** The finalizers that stand for the propagation policy come and go with it; others stay. */
function finalizersAfter(definition: ResourceDefinition, current: AnyObject, options: DeleteOptions): string[] {
  const own = current.metadata.finalizers ?? [];
  const policy =
    options.orphanDependents !== undefined ? (options.orphanDependents ? 'Orphan' : 'Background') : (options.propagationPolicy ?? undefined);
  if (policy === undefined) {
    if (definition.strategy.defaultPropagation === 'Orphan' && !own.includes('foregroundDeletion') && !own.includes('orphan')) return [...own, 'orphan'];
    return [...own];
  }
  const others = own.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion');
  if (policy === 'Orphan') return [...others, 'orphan'];
  if (policy === 'Foreground') return [...others, 'foregroundDeletion'];
  return others;
}

/** Whether an update leaves nothing that keeps a deleted object. */
export function isFullyDeleted(definition: ResourceDefinition, object: AnyObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  return deletionTimestamp !== undefined && finalizers.length === 0 && deletionGracePeriodSeconds === 0 && !pendingInSpec(definition, object);
}

const pendingInSpec = (definition: ResourceDefinition, object: AnyObject): boolean => (definition.strategy.specFinalizers?.(object).length ?? 0) > 0;

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((value, i) => value === b[i]);
