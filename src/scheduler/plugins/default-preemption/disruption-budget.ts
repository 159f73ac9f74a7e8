/** PodDisruptionBudgets, as preemption minds them: as long as there is another way. */
import type { LabelSelector } from '../../../apimachinery/label-selector.ts';
import type * as policyv1 from '../../../resources/types/policy-v1.ts';
import { selectorOrNothing } from '../../state/affinity-term.ts';
import type { PodInfo } from '../../state/pod-info.ts';

export interface DisruptionBudget {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly allowed: number;
  /** Pods that are counted as gone already. */
  readonly disrupted: ReadonlySet<string>;
}

export const budgetOf = ({ metadata, spec, status }: policyv1.PodDisruptionBudget): DisruptionBudget => ({
  namespace: metadata.namespace ?? '',
  selector: selectorOrNothing(spec?.selector),
  allowed: status?.disruptionsAllowed ?? 0,
  disrupted: new Set(Object.keys(status?.disruptedPods ?? {})),
});

/** Splits Pods, keeping their order, into those whose loss a budget does not allow (counting the losses before) and the others. */
export function withoutBudget(pods: readonly PodInfo[], budgets: readonly DisruptionBudget[]): { violating: PodInfo[]; others: PodInfo[] } {
  const left = budgets.map(({ allowed }) => allowed);
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const pod of pods) {
    let violates = false;
    budgets.forEach((budget, i) => {
      const concerns = Object.keys(pod.labels ?? {}).length > 0 && budget.namespace === pod.namespace && !budget.selector.isEverything && budget.selector.matches(pod.labels);
      if (!concerns || budget.disrupted.has(pod.name)) return;
      left[i] = (left[i] ?? 0) - 1;
      if ((left[i] ?? 0) < 0) violates = true;
    });
    (violates ? violating : others).push(pod);
  }
  return { violating, others };
}
