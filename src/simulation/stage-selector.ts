/** Whether a stage is for an object. */
import type { KubeObject } from '../apimachinery/object.ts';
import { objectPath } from './object-path.ts';
import type { StageRequirement, StageSelector } from './stage.ts';

export type StageMatcher = (object: KubeObject) => boolean;

/** Throws ObjectPathError and StageError. Without a selector no object matches; with an empty one all do. */
export function stageMatcher(selector: StageSelector | undefined): StageMatcher {
  if (!selector) return () => false;
  const { matchLabels = {}, matchAnnotations = {}, matchExpressions = [] } = selector;
  const labels = Object.entries(matchLabels);
  const annotations = Object.entries(matchAnnotations);
  const requirements = matchExpressions.map((expression) => requirementMatcher('jq' in expression ? expression.jq : expression));
  return (object) =>
    labels.every(([key, value]) => object.metadata.labels?.[key] === value) &&
    annotations.every(([key, value]) => object.metadata.annotations?.[key] === value) &&
    requirements.every((holds) => holds(object));
}

/** A stage asks for something that is not known here. */
export class StageError extends Error {}

function requirementMatcher({ key, operator, values = [] }: StageRequirement): StageMatcher {
  if (typeof key !== 'string') throw new StageError('expressions in CEL are not supported: use key, operator and values');
  const path = objectPath(key);
  const isWanted = (value: unknown): boolean => values.includes(typeof value === 'string' ? value : JSON.stringify(value));
  switch (operator) {
    case 'In':
      return (object) => path(object).some(isWanted);
    case 'NotIn':
      return (object) => !path(object).some(isWanted);
    case 'Exists':
      return (object) => path(object).length > 0;
    case 'DoesNotExist':
      return (object) => path(object).length === 0;
    default:
      throw new StageError(`unknown operator ${String(operator)}`);
  }
}
