/**
 * Ownership through the scale subresource: of all that managers own of the parent, a Scale shows who owns the number of replicas, and
 * what an applied Scale settles about it goes back to the parent.
 * Upstream: k8s.io/apimachinery/pkg/util/managedfields/scalehandler.go
 */
import { FieldSet } from '../../apimachinery/field-manager/field-set.ts';
import { readManagedFields, writeManagedFields, type ManagedFieldsEntry, type Ownership } from '../../apimachinery/field-manager/managed-fields.ts';

export const scaleApiVersion = 'autoscaling/v1';
const replicasOfScale = FieldSet.of('f:spec', 'f:replicas');

/** `path` is the parent's, dotted: 'spec.replicas'. */
const replicasOf = (path: string): FieldSet => FieldSet.of(...path.replace(/^\./, '').split('.').map((step) => `f:${step}`));
const isEmpty = (fields: FieldSet): boolean => fields.isEmpty;

/** The entries of a Scale, from those of its parent. */
export function scaleEntries(parent: unknown, path: string): ManagedFieldsEntry[] {
  const replicas = replicasOf(path);
  const owners = (readManagedFields(parent) ?? []).filter(({ fields }) => !isEmpty(fields.intersection(replicas)));
  return writeManagedFields(owners.map((owner) => ({ ...owner, apiVersion: scaleApiVersion, fields: replicasOfScale })));
}

/** The parent's entries after those of its Scale have changed: replicas belong to whom the Scale says, all else stays. */
export function parentEntries(parent: unknown, scale: unknown, path: string, apiVersion: string): ManagedFieldsEntry[] {
  const replicas = replicasOf(path);
  const remaining = new Map((readManagedFields(scale) ?? []).filter(({ fields }) => !isEmpty(fields.intersection(replicasOfScale))).map((owner) => [identityOf(owner), owner]));
  const owners: Ownership[] = [];
  for (const owner of readManagedFields(parent) ?? []) {
    const keeps = isEmpty(owner.fields.intersection(replicas)) || remaining.has(identityOf(owner));
    if (keeps && !isEmpty(owner.fields.intersection(replicas))) remaining.delete(identityOf(owner));
    const fields = keeps ? owner.fields : owner.fields.difference(replicas);
    if (!fields.isEmpty) owners.push({ ...owner, fields });
  }
  for (const owner of remaining.values()) owners.push({ ...owner, apiVersion, fields: replicas });
  return writeManagedFields(owners);
}

const identityOf = ({ manager, operation, subresource }: Ownership): string => JSON.stringify([manager, operation, subresource]);
