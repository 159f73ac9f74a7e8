/** Whether a stage is for an object. */
import type { KubeObject } from '../apimachinery/object.ts';
import { objectPath } from './object-path.ts';
import type { StageRequirement, StageSelector } from './stage.ts';

export type StageMatcher = (object: KubeObject) => boolean;

/** Throws ObjectPathError. Without a selector every object matches. */
export function stageMatcher({ matchLabels = {}, matchAnnotations = {}, matchExpressions = [] }: StageSelector = {}): StageMatcher {
  const labels = Object.entries(matchLabels);
  const annotations = Object.entries(matchAnnotations);
  const requirements = matchExpressions.map(requirementMatcher);
  return (object) =>
    labels.every(([key, value]) => object.metadata.labels?.[key] === value) &&
    annotations.every(([key, value]) => object.metadata.annotations?.[key] === value) &&
    requirements.every((holds) => holds(object));
}

function requirementMatcher({ key, operator, values = [] }: StageRequirement): StageMatcher {
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
  }
}
