/**
 * Where a quota limits CPU or memory, every container must say how much it wants.
 * Upstream: pkg/quota/v1/evaluator/core/pods.go (Constraints)
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import type { CountedResource } from '../../resources/core/quota-usage.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

const demanded: ReadonlySet<string> = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** The complaint, or undefined. `hard`: the names that the quota limits. */
export function missingAmounts({ group, plural }: CountedResource, object: KubeObject, hard: readonly string[]): string | undefined {
  if (group !== '' || plural !== 'pods') return undefined;
  const { spec } = object as corev1.Pod;
  const complaints = hard
    .filter((name) => demanded.has(name))
    .sort()
    .flatMap((name) => {
      if (isSaid(name, spec?.resources)) return [];
      const silent = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].filter(({ resources }) => !isSaid(name, resources)).map((container) => container.name);
      return silent.length > 0 ? [`${name} for: ${[...new Set(silent)].sort().join(',')}`] : [];
    });
  return complaints.length > 0 ? `must specify ${complaints.join('; ')}` : undefined;
}

function isSaid(name: string, resources: Pick<corev1.ResourceRequirements, 'limits' | 'requests'> | undefined): boolean {
  const list = name.startsWith('limits.') ? resources?.limits : resources?.requests;
  return list?.[name.replace(/^(limits|requests)\./, '')] !== undefined;
}
