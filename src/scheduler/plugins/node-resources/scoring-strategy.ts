/** How well a node's resources are used with a Pod on it, by one of three strategies. Upstream: pkg/scheduler/framework/plugins/noderesources */
import { highestScore } from '../../framework/normalize.ts';
import { amountOf } from '../../state/amounts.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { PodInfo } from '../../state/pod-info.ts';

export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources: readonly { readonly name: string; readonly weight: number }[];
  /** For RequestedToCapacityRatio: points of a line, from utilisation in percent to a score from 0 to 10; utilisation ascends. */
  readonly shape: readonly { readonly utilization: number; readonly score: number }[];
}

export const leastAllocated: ScoringStrategy = {
  type: 'LeastAllocated',
  resources: [
    { name: 'cpu', weight: 1 },
    { name: 'memory', weight: 1 },
  ],
  shape: [],
};

type Rate = (wanted: number, capacity: number) => number;

export function strategyScore({ type, resources, shape }: ScoringStrategy, pod: PodInfo): (node: NodeInfo) => number {
  const rate = rates[type](shape);
  const isRatio = type === 'RequestedToCapacityRatio';
  return (node) => {
    let sum = 0;
    let weights = 0;
    for (const { name, weight } of resources) {
      const capacity = amountOf(node.allocatable, name);
      if (capacity === 0) continue;
      // Where CPU or memory is not asked for, a small amount counts.
      const isBasic = name === 'cpu' || name === 'memory';
      const [wanted, used] = isBasic ? [amountOf(pod.scored, name), amountOf(node.scored, name)] : [amountOf(pod.requests, name), amountOf(node.requested, name)];
      if (wanted === 0 && !isBasic && name !== 'ephemeral-storage') continue;
      const score = rate(used + wanted, capacity);
      if (isRatio && score <= 0) continue;
      sum += score * weight;
      weights += weight;
    }
    if (weights === 0) return 0;
    return isRatio ? Math.round(sum / weights) : Math.floor(sum / weights);
  };
}

const rates: Readonly<Record<ScoringStrategy['type'], (shape: ScoringStrategy['shape']) => Rate>> = {
  LeastAllocated: () => (wanted, capacity) => (wanted > capacity ? 0 : Math.floor(((capacity - wanted) * highestScore) / capacity)),
  MostAllocated: () => (wanted, capacity) => Math.floor((Math.min(wanted, capacity) * highestScore) / capacity),
  RequestedToCapacityRatio: (shape) => (wanted, capacity) => onLine(shape, wanted > capacity ? 100 : Math.floor((wanted * 100) / capacity)),
};

/** Scores of the shape are tenths of the highest score. */
function onLine(shape: ScoringStrategy['shape'], utilization: number): number {
  const at = shape.findIndex((point) => utilization <= point.utilization);
  const [before, after] = [shape[at - 1], shape[at]];
  const tenth = highestScore / 10;
  if (!after) return (shape.at(-1)?.score ?? 0) * tenth;
  if (!before) return after.score * tenth;
  const share = ((after.score - before.score) * tenth * (utilization - before.utilization)) / (after.utilization - before.utilization);
  return before.score * tenth + Math.trunc(share);
}
