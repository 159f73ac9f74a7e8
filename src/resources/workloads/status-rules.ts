/**
 * What a controller may report of its replicas: no count below zero, no part above the whole, collisions only ever more.
 * Upstream: pkg/apis/apps/validation/validation.go (ValidateDeploymentStatus and its like)
 */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { atLeastZero } from '../validation/fields.ts';

const path = FieldPath.of('status');

interface Counts {
  readonly replicas?: number | undefined;
  readonly readyReplicas?: number | undefined;
  readonly availableReplicas?: number | undefined;
  readonly collisionCount?: number | undefined;
}

interface WithCounts extends KubeObject {
  readonly status?: Counts | undefined;
}

export interface CountRules {
  /** Counts that may not be below zero. */
  readonly counts: readonly string[];
  /** Counts that are parts of `replicas`. */
  readonly parts?: readonly string[];
  /** How messages name the count of ready replicas. */
  readonly readyName?: string;
}

export function countRules({ counts, parts = [], readyName = 'readyReplicas' }: CountRules): (object: WithCounts, old: WithCounts) => FieldError[] {
  return ({ status = {} }, { status: before = {} }) => {
    const of = (name: string): number => (status as Readonly<Record<string, number | undefined>>)[name] ?? 0;
    const errors = [...counts, 'collisionCount'].flatMap((name) => atLeastZero(path.child(name), of(name)));
    for (const name of parts) if (of(name) > of('replicas')) errors.push(invalid(path.child(name), of(name), 'cannot be greater than status.replicas'));
    if (parts.includes('availableReplicas') && of('availableReplicas') > of('readyReplicas')) errors.push(invalid(path.child('availableReplicas'), of('availableReplicas'), `cannot be greater than ${readyName}`));
    if ((before.collisionCount ?? 0) > of('collisionCount')) errors.push(invalid(path.child('collisionCount'), of('collisionCount'), 'cannot be decremented'));
    return errors;
  };
}
