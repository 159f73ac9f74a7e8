/**
 * The metadata rules that hold for every kind: what the server sets on create, and what an update may not change.
 * Upstream: k8s.io/apiserver/pkg/registry/rest/{create,update,meta}.go, k8s.io/apimachinery/pkg/api/validation/objectmeta.go
 */
import { timestamp } from '../../base/clock.ts';
import { nameSuffix, type Random } from '../../base/random.ts';
import { FieldPath, forbidden, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { equalJson } from '../../apimachinery/equal-json.ts';
import { checkDns1123Subdomain, checkLabelValue, checkQualifiedName } from '../../apimachinery/names.ts';
import type { AnyObject, Draft, ObjectMeta, OwnerReference } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { DraftObject, ResourceDefinition } from '../../resources/definition.ts';
import { subjectOf } from './object-store.ts';

const metadataPath = FieldPath.of('metadata');
/** A generated name keeps this much of generateName, so that the suffix fits in 63 characters. */
const maxGeneratedBase = 58;
const maxAnnotationBytes = 256 * 1024;

/** Sets what the server alone decides on creation. `namespace` is the URL's. */
export function fillMetadata(definition: ResourceDefinition, object: DraftObject, namespace: string, now: number, random: Random): void {
  const metadata = object.metadata;
  if (definition.namespaced) {
    if (metadata.namespace === undefined || metadata.namespace === '') metadata.namespace = namespace;
    else if (metadata.namespace !== namespace) throw status.badRequest('the namespace of the provided object does not match the namespace sent on the request');
  } else {
    if (metadata.namespace) throw status.badRequest('namespace may not be set on cluster-scoped objects');
    delete metadata.namespace;
  }
  if (!metadata.name && metadata.generateName) metadata.name = metadata.generateName.slice(0, maxGeneratedBase) + nameSuffix(random);
  delete metadata.resourceVersion;
  delete metadata.selfLink;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  metadata.uid = random.uuid();
  metadata.creationTimestamp = timestamp(now);
  if (definition.strategy.generation === 'none') delete metadata.generation;
  else metadata.generation = 1;
}

/** Puts back what an update may not touch. Throws Conflict when the request speaks of another object or another version of it. */
export function keepMetadata(definition: ResourceDefinition, next: DraftObject, old: AnyObject): void {
  const metadata = next.metadata;
  const before = old.metadata;
  if (metadata.uid && metadata.uid !== before.uid) {
    throw status.conflict(subjectOf(definition), before.name ?? '', `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${before.uid ?? ''}`);
  }
  if (metadata.resourceVersion && metadata.resourceVersion !== '0' && metadata.resourceVersion !== before.resourceVersion) {
    throw status.conflict(subjectOf(definition), before.name ?? '', status.modifiedMessage);
  }
  carry(metadata, before, ['selfLink', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'generateName', 'namespace', 'name']);
}

function carry(metadata: Draft<ObjectMeta>, before: ObjectMeta, fields: readonly ('selfLink' | 'uid' | 'creationTimestamp' | 'deletionTimestamp' | 'deletionGracePeriodSeconds' | 'generation' | 'generateName' | 'namespace' | 'name')[]): void {
  const target = metadata as Record<string, unknown>;
  for (const field of fields) {
    if (before[field] === undefined) delete target[field];
    else target[field] = before[field];
  }
}

/** Generation grows when anything but metadata and status differs, and when deletion begins. */
export function bumpGeneration(definition: ResourceDefinition, next: DraftObject, old: AnyObject): void {
  if (definition.strategy.generation === 'none') return;
  if (specDiffers(next, old)) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

const beyondSpec: ReadonlySet<string> = new Set(['kind', 'apiVersion', 'metadata', 'status']);

function specDiffers(next: DraftObject, old: AnyObject): boolean {
  for (const key of Object.keys(old)) if (!beyondSpec.has(key) && !equalJson(old[key], next[key])) return true;
  return Object.keys(next).some((key) => !beyondSpec.has(key) && next[key] !== undefined && old[key] === undefined);
}

export function validateMetadata(definition: ResourceDefinition, object: AnyObject): FieldError[] {
  const { name, generateName, labels, annotations, ownerReferences, finalizers } = object.metadata;
  const errors: FieldError[] = [];
  const checkName = definition.strategy.validateName ?? checkDns1123Subdomain;
  if (generateName) for (const problem of checkName(`${generateName.replace(/-+$/, '')}`)) errors.push(invalid(metadataPath.child('generateName'), generateName, problem));
  if (!name) errors.push(required(metadataPath.child('name'), 'name or generateName is required'));
  else for (const problem of checkName(name)) errors.push(invalid(metadataPath.child('name'), name, problem));
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const problem of checkQualifiedName(key)) errors.push(invalid(metadataPath.child('labels'), key, problem));
    for (const problem of checkLabelValue(value)) errors.push(invalid(metadataPath.child('labels'), value, problem));
  }
  let annotationBytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    for (const problem of checkQualifiedName(key.toLowerCase())) errors.push(invalid(metadataPath.child('annotations'), key, problem));
    annotationBytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (annotationBytes > maxAnnotationBytes) errors.push({ type: 'FieldValueTooLong', field: 'metadata.annotations', message: `Too long: may not be more than ${maxAnnotationBytes} bytes` });
  errors.push(...validateOwners(ownerReferences ?? []));
  finalizers?.forEach((finalizer, i) => {
    const path = metadataPath.child('finalizers').index(i);
    for (const problem of checkQualifiedName(finalizer)) errors.push(invalid(path, finalizer, problem));
  });
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(metadataPath.child('finalizers'), finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

function validateOwners(owners: readonly OwnerReference[]): FieldError[] {
  const errors: FieldError[] = [];
  const path = metadataPath.child('ownerReferences');
  owners.forEach((owner, i) => {
    const at = path.index(i);
    if (!owner.apiVersion) errors.push(invalid(at.child('apiVersion'), owner.apiVersion, 'version must not be empty'));
    if (!owner.kind) errors.push(invalid(at.child('kind'), owner.kind, 'kind must not be empty'));
    if (!owner.name) errors.push(invalid(at.child('name'), owner.name, 'name must not be empty'));
    if (!owner.uid) errors.push(invalid(at.child('uid'), owner.uid, 'uid must not be empty'));
    if (owner.kind === 'Event' && (owner.apiVersion === 'v1' || owner.apiVersion === 'events.k8s.io/v1')) errors.push(invalid(at, owner, `${owner.apiVersion}, Kind=Event is disallowed from being an owner`));
  });
  const controllers = owners.filter((owner) => owner.controller === true);
  if (controllers.length > 1) {
    const named = controllers.map((owner) => owner.name);
    errors.push(invalid(path, owners, `Only one reference can have Controller set to true. Found "true" in references for ${named[0] ?? ''} and ${named[1] ?? ''}`));
  }
  return errors;
}

/** What an update of metadata may not do: add finalizers to an object that is being deleted. */
export function validateMetadataUpdate(object: AnyObject, old: AnyObject): FieldError[] {
  if (old.metadata.deletionTimestamp === undefined) return [];
  const before = new Set(old.metadata.finalizers ?? []);
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
  if (added.length === 0) return [];
  return [forbidden(metadataPath.child('finalizers'), `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((f) => JSON.stringify(f)).join(', ')}}`)];
}

