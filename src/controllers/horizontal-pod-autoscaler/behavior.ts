/**
 * How fast a size may change: recommendations are held until they have stood for a while, and changes are limited by what was
 * changed of late.
 * Upstream: pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicas...)
 */
import type * as autoscalingv2 from '../../resources/types/autoscaling-v2.ts';

/** Times in ms. */
export interface Recommendation {
  readonly replicas: number;
  readonly at: number;
}

export interface ScaleChange {
  /** Above zero for more, below for fewer. */
  readonly by: number;
  readonly at: number;
}

export interface ScalingHistory {
  recommendations: readonly Recommendation[];
  changes: readonly ScaleChange[];
}

export interface ScalingFacts {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  readonly behavior: autoscalingv2.HorizontalPodAutoscalerBehavior | undefined;
  readonly history: ScalingHistory;
  /** ms */
  readonly now: number;
}

export interface Reason {
  readonly reason: string;
  readonly message: string;
}

export interface Normalized {
  readonly replicas: number;
  /** Of the condition AbleToScale. */
  readonly stabilized: Reason;
  /** Of ScalingLimited; `limited`: its status. */
  readonly limit: Reason & { readonly limited: boolean };
}

const defaultDownWindow = 300_000;

const ready: Reason = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const heldDown: Reason = { reason: 'ScaleDownStabilized', message: 'recent recommendations were higher than current one, applying the highest recent recommendation' };
const heldUp: Reason = { reason: 'ScaleUpStabilized', message: 'recent recommendations were lower than current one, applying the lowest recent recommendation' };
const within = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range', limited: false };
const tooMany = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count', limited: true };
const tooFew = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count', limited: true };
const tooFastUp = { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate', limited: true };
const tooFastDown = { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate', limited: true };

/** Notes the recommendation in the history, and gives the size to set. */
export function normalize(facts: ScalingFacts): Normalized {
  const { desired, history, now, behavior } = facts;
  const upWindow = (behavior?.scaleUp?.stabilizationWindowSeconds ?? 0) * 1000;
  const downWindow = behavior?.scaleDown?.stabilizationWindowSeconds === undefined ? defaultDownWindow : behavior.scaleDown.stabilizationWindowSeconds * 1000;
  const replicas = stabilize(facts, upWindow, downWindow);
  history.recommendations = [...history.recommendations.filter(({ at }) => at > now - Math.max(upWindow, downWindow)), { replicas: desired, at: now }];
  const stabilized = replicas === desired ? ready : behavior && desired >= facts.current ? heldUp : heldDown;
  const next = { ...facts, desired: replicas };
  return { stabilized, ...(behavior ? limitByRules(next, behavior) : limitPlainly(next)) };
}

function stabilize({ current, desired, history, now, behavior }: ScalingFacts, upWindow: number, downWindow: number): number {
  let lowest = desired;
  let highest = desired;
  for (const { replicas, at } of history.recommendations) {
    if (at > now - upWindow) lowest = Math.min(lowest, replicas);
    if (at > now - downWindow) highest = Math.max(highest, replicas);
  }
  if (!behavior) return highest;
  return current < lowest ? lowest : current > highest ? highest : current;
}

type Limited = Pick<Normalized, 'replicas' | 'limit'>;

/** Without rules: at most double, or four. */
function limitPlainly({ current, desired, min, max }: ScalingFacts): Limited {
  const fastest = Math.max(2 * current, 4);
  if (desired < min) return { replicas: min, limit: tooFew };
  if (desired > Math.min(max, fastest)) return max > fastest ? { replicas: fastest, limit: tooFastUp } : { replicas: max, limit: tooMany };
  return { replicas: desired, limit: within };
}

function limitByRules(facts: ScalingFacts, { scaleUp, scaleDown }: autoscalingv2.HorizontalPodAutoscalerBehavior): Limited {
  const { current, desired, min, max } = facts;
  if (desired > current) {
    const fastest = Math.max(current, rateLimit(facts, scaleUp, 1));
    const most = Math.min(max, fastest);
    if (desired > most) return { replicas: most, limit: max > fastest ? tooFastUp : tooMany };
  } else if (desired < current) {
    const fastest = Math.min(current, rateLimit(facts, scaleDown, -1));
    const least = Math.max(min, fastest);
    if (desired < least) return { replicas: least, limit: min < fastest ? tooFastDown : tooFew };
  }
  return { replicas: desired, limit: within };
}

/** The size the policies allow in one direction, counted from what the size was when each policy's period began. */
function rateLimit({ current, history, now }: ScalingFacts, rules: autoscalingv2.HPAScalingRules | undefined, direction: 1 | -1): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const limits = (rules?.policies ?? []).map(({ type, value, periodSeconds }) => {
    const changed = history.changes.filter(({ at }) => at > now - periodSeconds * 1000).reduce((sum, { by }) => sum + by, 0);
    const start = current - changed;
    if (type === 'Pods') return start + direction * value;
    return direction === 1 ? Math.ceil(Number((start * (1 + value / 100)).toFixed(9))) : Math.trunc(start * (1 - value / 100));
  });
  if (limits.length === 0) return current;
  const furthest = rules?.selectPolicy !== 'Min';
  return furthest === (direction === 1) ? Math.max(...limits) : Math.min(...limits);
}
