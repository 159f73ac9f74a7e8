/** Among nodes where room can be made, the one where it costs least. Upstream: pkg/scheduler/framework/preemption (pickOneNodeForPreemption) */
import { startOf, type Victims } from './victims.ts';

/** Priorities may be negative; counted from here, more Pods always weigh more. */
const lowestPriority = -(2 ** 31);

/** In order: what is compared, least first. */
const costs: readonly ((victims: Victims) => number)[] = [
  ({ violations }) => violations,
  ({ pods }) => pods[0]?.priority ?? lowestPriority,
  ({ pods }) => pods.reduce((sum, { priority }) => sum + priority - lowestPriority, 0),
  ({ pods }) => pods.length,
  // Of the most important victims the one that ran longest should have run as briefly as possible.
  ({ pods }) => -Math.min(...pods.filter(({ priority }) => priority === pods[0]?.priority).map(startOf)),
];

export function cheapest(candidates: readonly Victims[]): Victims | undefined {
  let best: Victims | undefined;
  let bestCosts: readonly number[] = [];
  for (const candidate of candidates) {
    const own = costs.map((cost) => cost(candidate));
    if (best === undefined || isLess(own, bestCosts)) [best, bestCosts] = [candidate, own];
  }
  return best;
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const [x = 0, y = 0] = [a[i], b[i]];
    if (x !== y) return x < y;
  }
  return false;
}
