/**
 * From figures to a number of Pods: as many as bring the figure to its target, were the load spread evenly. Pods whose figures are not
 * known are counted against the direction of the change.
 * Upstream: pkg/controller/podautoscaler/replica_calculator.go
 */
import { quantityMilliValue } from '../../apimachinery/quantity.ts';
import { isReady } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { PodMetric } from './metrics-client.ts';
import { groupPods } from './pod-groups.ts';

/** How far a figure may be from its target, as a share of it, before anything is done. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** `average`: the figure of a Pod in thousandths. `utilization`: in percent of what Pods request. */
export interface Proposal {
  readonly replicas: number;
  readonly average: number;
  readonly utilization?: number;
}

export interface PodFigures {
  /** By the target's selector. */
  readonly pods: readonly corev1.Pod[];
  readonly metrics: ReadonlyMap<string, PodMetric>;
  readonly current: number;
  readonly tolerances: Tolerances;
  /** 'cpu', 'memory'; undefined for other figures. */
  readonly resource?: string;
  /** ms */
  readonly now: number;
}

export const isWithin = ({ up, down }: Tolerances, ratio: number): boolean => ratio >= 1 - down && ratio <= 1 + up;

/** The target in percent of requests. */
export function byUtilization(figures: PodFigures, target: number, resource: string, container?: string): Proposal {
  const requests = new Map(figures.pods.map((pod) => [pod.metadata.name ?? '', requestOf(pod, resource, container)]));
  const utilization = (values: ReadonlyMap<string, number>): { ratio: number; percent: number } => {
    let used = 0;
    let requested = 0;
    for (const [name, value] of values) {
      const request = requests.get(name);
      if (request === undefined) continue;
      used += value;
      requested += request;
    }
    if (requested === 0) throw new Error('no metrics returned matched known pods');
    const percent = Math.trunc((used * 100) / requested);
    return { ratio: percent / target, percent };
  };
  const { replicas, known } = propose(figures, (values) => utilization(values).ratio, (name) => ((requests.get(name) ?? 0) * Math.max(100, target)) / 100);
  return { replicas, average: averageOf(known), utilization: utilization(known).percent };
}

/** The target for each Pod, in thousandths. */
export function byAverage(figures: PodFigures, target: number): Proposal {
  const { replicas, known } = propose(figures, (values) => averageOf(values) / target, () => target);
  return { replicas, average: averageOf(known) };
}

/** One figure for all Pods, against a target for all. */
export function byValue(value: number, target: number, { pods, current, tolerances }: Pick<PodFigures, 'pods' | 'current' | 'tolerances'>): number {
  const ratio = value / target;
  if (current === 0) return Math.ceil(ratio);
  if (isWithin(tolerances, ratio)) return current;
  return Math.ceil(ratio * pods.filter((pod) => pod.status?.phase === 'Running' && isReady(pod)).length);
}

/** One figure for all Pods, against a target for each. `running`: Pods the target has. */
export function byShare(value: number, target: number, running: number, tolerances: Tolerances): number {
  return isWithin(tolerances, value / (target * running)) ? running : Math.ceil(value / target);
}

function propose({ pods, metrics, current, tolerances, resource, now }: PodFigures, ratioOf: (values: ReadonlyMap<string, number>) => number, fallback: (name: string) => number): { replicas: number; known: ReadonlyMap<string, number> } {
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const { ready, unready, missing, ignored } = groupPods(pods, metrics, resource, now);
  const known = new Map([...metrics].filter(([name]) => !unready.has(name) && !ignored.has(name)).map(([name, { value }]) => [name, value]));
  if (known.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const ratio = ratioOf(known);
  const growsWithUnready = unready.size > 0 && ratio > 1;
  if (!growsWithUnready && missing.size === 0) return { replicas: isWithin(tolerances, ratio) ? current : Math.ceil(round(ratio * ready)), known };
  const all = new Map(known);
  if (ratio !== 1) for (const name of missing) all.set(name, ratio < 1 ? fallback(name) : 0);
  if (growsWithUnready) for (const name of unready) all.set(name, 0);
  const next = ratioOf(all);
  if (isWithin(tolerances, next) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1)) return { replicas: current, known };
  const replicas = Math.ceil(round(next * all.size));
  const wrongWay = (next < 1 && replicas > current) || (next > 1 && replicas < current);
  return { replicas: wrongWay ? current : replicas, known };
}

/** Without what binary fractions add: 3 times 1.1 is not above 3.3. */
const round = (value: number): number => Number(value.toFixed(9));

function averageOf(values: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const value of values.values()) sum += value;
  return Math.trunc(sum / values.size);
}

/** In thousandths. Throws where a container does not say. */
function requestOf({ metadata, spec }: corev1.Pod, resource: string, container: string | undefined): number {
  const sidecars = (spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const whole = spec?.resources?.requests?.[resource];
  if (container === undefined && whole !== undefined) return quantityMilliValue(whole);
  const wanted = [...(spec?.containers ?? []), ...sidecars].filter(({ name }) => container === undefined || name === container);
  return wanted.reduce((sum, { name, resources }) => {
    const request = resources?.requests?.[resource];
    if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name ?? ''}`);
    return sum + quantityMilliValue(request);
  }, 0);
}
