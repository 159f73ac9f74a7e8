/**
 * What a PodDisruptionBudget leaves: a pure function of the budget, its Pods and how many there should be.
 * Upstream: pkg/controller/disruption/disruption.go
 */
import { timestamp } from '../../base/clock.ts';
import { isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import { scaledValue } from '../../resources/int-or-percent.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as metav1 from '../../resources/types/meta-v1.ts';
import type * as policyv1 from '../../resources/types/policy-v1.ts';

type Budget = policyv1.PodDisruptionBudget;

/** How long an eviction that was granted may take to show, ms. */
const evictionShowsWithin = 120_000;

/** Whether the budget speaks of how many Pods there should be, which only their controllers know. */
export const needsExpected = ({ spec }: Budget): boolean => spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string';

export interface BudgetFacts {
  readonly pods: readonly corev1.Pod[];
  /** How many there should be: by their controllers where needsExpected, else as many as there are. */
  readonly expected: number;
  /** ms */
  readonly now: number;
}

export interface BudgetState {
  readonly status: policyv1.PodDisruptionBudgetStatus;
  /** When an eviction that has not shown is given up, in ms from now. */
  readonly recheck: number | undefined;
}

export function budgetState(budget: Budget, { pods, expected, now }: BudgetFacts): BudgetState {
  const granted = pendingEvictions(budget, pods, now);
  const currentHealthy = pods.filter((pod) => !isTerminating(pod) && !granted.has(pod.metadata.name ?? '') && isReady(pod)).length;
  const desiredHealthy = desired(budget, expected);
  const disruptionsAllowed = expected <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy);
  const allowed = disruptionsAllowed > 0;
  const conditions = withAllowed(budget, { status: allowed ? 'True' : 'False', reason: allowed ? 'SufficientPods' : 'InsufficientPods', message: '' }, now);
  const disruptedPods = granted.size > 0 ? Object.fromEntries(granted) : undefined;
  const waits = [...granted.values()].map((since) => Date.parse(since) + evictionShowsWithin - now);
  return {
    status: { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods: expected, observedGeneration: budget.metadata.generation, disruptedPods, conditions },
    recheck: waits.length > 0 ? Math.max(1, Math.min(...waits)) : undefined,
  };
}

/** When it cannot be told what is left, nothing is. */
export function failedState(budget: Budget, message: string, now: number): policyv1.PodDisruptionBudgetStatus {
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0, disruptedPods } = budget.status ?? {};
  const conditions = withAllowed(budget, { status: 'False', reason: 'SyncFailed', message }, now);
  return { disruptionsAllowed: 0, currentHealthy, desiredHealthy, expectedPods, disruptedPods, observedGeneration: budget.metadata.generation, conditions };
}

function desired({ spec }: Budget, expected: number): number {
  if (spec?.maxUnavailable !== undefined) return Math.max(0, expected - scaledValue(spec.maxUnavailable, expected, 'up'));
  return spec?.minAvailable === undefined ? 0 : scaledValue(spec.minAvailable, expected, 'up');
}

/** Pods whose eviction was granted and has not begun, by name, with when that was. */
function pendingEvictions({ status }: Budget, pods: readonly corev1.Pod[], now: number): Map<string, string> {
  const pending = new Map<string, string>();
  const present = new Map(pods.map((pod) => [pod.metadata.name ?? '', pod]));
  for (const [name, since] of Object.entries(status?.disruptedPods ?? {})) {
    const pod = present.get(name);
    if (pod && !isTerminating(pod) && Date.parse(since) + evictionShowsWithin > now) pending.set(name, since);
  }
  return pending;
}

function withAllowed({ metadata, status }: Budget, is: Pick<metav1.Condition, 'status' | 'reason' | 'message'>, now: number): metav1.Condition[] {
  const type = 'DisruptionAllowed';
  const old = status?.conditions?.find((condition) => condition.type === type);
  const lastTransitionTime = old?.status === is.status ? old.lastTransitionTime : timestamp(now);
  const others = (status?.conditions ?? []).filter((condition) => condition.type !== type);
  return [...others, { type, ...is, lastTransitionTime, ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }) }];
}
