/** Which Pods of a node would have to go for a Pod of higher priority. Upstream: pkg/scheduler/framework/plugins/defaultpreemption */
import type { FilterRun } from '../../framework/filter-run.ts';
import { unresolvable, type Rejection } from '../../framework/rejection.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import type { DisruptionBudget } from './disruption-budget.ts';
import { withoutBudget } from './disruption-budget.ts';

export interface Victims {
  readonly node: NodeInfo;
  /** The most important first. */
  readonly pods: readonly PodInfo[];
  /** How many of them go against a PodDisruptionBudget. */
  readonly violations: number;
}

const noVictims = unresolvable('DefaultPreemption', 'No preemption victims found for incoming pod');

/** Takes off all lower Pods, then puts back as many as may stay: first those whose budgets forbid it, always the most important first. */
export function selectVictims(run: FilterRun, node: NodeInfo, budgets: readonly DisruptionBudget[]): Victims | Rejection {
  const lower = [...node.pods.values()].filter(({ priority }) => priority < run.pod.priority).sort(byImportance);
  if (lower.length === 0) return noVictims;
  const trial = node.clone();
  const off = new Set(lower);
  for (const pod of lower) run.remove(pod, trial);
  try {
    const rejection = run.check(trial);
    if (rejection) return rejection;
    const { violating, others } = withoutBudget(lower, budgets);
    const reprieve = (pod: PodInfo): boolean => {
      run.add(pod, trial);
      if (run.check(trial) === undefined) {
        off.delete(pod);
        return true;
      }
      run.remove(pod, trial);
      return false;
    };
    const violations = violating.filter((pod) => !reprieve(pod)).length;
    for (const pod of others) reprieve(pod);
    return { node, pods: lower.filter((pod) => off.has(pod)), violations };
  } finally {
    // The plans must be left as they were; the trial is thrown away.
    for (const pod of off) run.add(pod, trial);
  }
}

/** Higher priority, then longer running. */
function byImportance(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || startOf(a) - startOf(b);
}

/** When a Pod started, ms; one that has not starts now, which is after all others. */
export const startOf = ({ pod }: PodInfo): number => (pod.status?.startTime === undefined ? Infinity : Date.parse(pod.status.startTime));
