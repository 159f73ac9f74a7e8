/** Likes nodes where resources are used to the same degree. Upstream: pkg/scheduler/framework/plugins/noderesources */
import { highestScore } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { amountOf, type Amounts } from '../../state/amounts.ts';

const usual = ['cpu', 'memory'];

/** `resources`: the names of those that are compared. A Pod that asks for none of them has no say. */
export function nodeResourcesBalancedAllocation(resources: readonly string[] = usual): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    score: ({ requests }) => {
      if (resources.every((resource) => amountOf(requests, resource) === 0)) return undefined;
      return { score: ({ requested, allocatable }) => Math.floor((1 - deviation(shares(resources, requested, requests, allocatable))) * highestScore) };
    },
  };
}

/** What share of each resource is used with the Pod; those that a node lacks, and devices that the Pod does not ask for, do not count. */
function shares(resources: readonly string[], used: Amounts, wanted: Amounts, allocatable: Amounts): number[] {
  const all: number[] = [];
  for (const resource of resources) {
    const capacity = amountOf(allocatable, resource);
    if (capacity <= 0 || (amountOf(wanted, resource) === 0 && resource.includes('/'))) continue;
    all.push(Math.min(1, (amountOf(used, resource) + amountOf(wanted, resource)) / capacity));
  }
  return all;
}

/** The standard deviation. */
function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
