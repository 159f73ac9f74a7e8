/** Runs the plugins at each extension point, in their order. */
import type { ClusterState } from '../state/cluster-state.ts';
import type { NodeInfo } from '../state/node-info.ts';
import type { Nominations } from '../state/nominations.ts';
import type { PodInfo } from '../state/pod-info.ts';
import type { ClusterEvent } from './cluster-event.ts';
import { FilterRun } from './filter-run.ts';
import { isRejection, type Diagnosis, type FilterPlan, type Plugin, type PostFilterResult, type Reservation } from './plugin.ts';
import type { Rejection } from './rejection.ts';

/** A plugin, and how much its score counts. */
export interface EnabledPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

export class Framework {
  readonly #enabled: readonly EnabledPlugin[];
  readonly #byName: ReadonlyMap<string, Plugin>;
  readonly #nominations: Nominations;

  constructor(enabled: readonly EnabledPlugin[], nominations: Nominations) {
    this.#enabled = enabled;
    this.#byName = new Map(enabled.map(({ plugin }) => [plugin.name, plugin]));
    this.#nominations = nominations;
  }

  mayEnter(pod: PodInfo): Rejection | undefined {
    for (const { plugin } of this.#enabled) {
      const rejection = plugin.mayEnter?.(pod);
      if (rejection) return rejection;
    }
    return undefined;
  }

  compare(a: PodInfo, b: PodInfo): number {
    for (const { plugin } of this.#enabled) if (plugin.compare) return plugin.compare(a, b);
    return 0;
  }

  /** The filters for a Pod, or the first refusal of the Pod as a whole. */
  filters(pod: PodInfo, cluster: ClusterState): FilterRun | Rejection {
    const plans: FilterPlan[] = [];
    for (const { plugin } of this.#enabled) {
      const plan = plugin.filter?.(pod, cluster);
      if (isRejection(plan)) return plan;
      if (plan) plans.push(plan);
    }
    return new FilterRun(pod, plans, this.#nominations);
  }

  postFilter(pod: PodInfo, cluster: ClusterState, diagnosis: Diagnosis): PostFilterResult | Promise<PostFilterResult> | undefined {
    const said: string[] = [];
    const afterThese = (result: PostFilterResult): PostFilterResult => (said.length === 0 ? result : { ...result, message: [...said, result.message].join(', ') });
    for (const { plugin } of this.#enabled) {
      const result = plugin.postFilter?.(pod, cluster, diagnosis);
      if (result instanceof Promise) return result.then(afterThese);
      if (result && (result.act || result.nominatedNode !== undefined)) return afterThese(result);
      if (result) said.push(result.message);
    }
    return said.length === 0 ? undefined : { message: said.join(', ') };
  }

  /** The weighted sum of all scores, one for each of `nodes`. */
  scores(pod: PodInfo, cluster: ClusterState, nodes: readonly NodeInfo[]): number[] {
    const total = new Array<number>(nodes.length).fill(0);
    for (const { plugin, weight } of this.#enabled) {
      const plan = plugin.score?.(pod, cluster, nodes);
      if (!plan) continue;
      const scores = nodes.map((node) => plan.score(node));
      plan.normalize?.(scores);
      for (let i = 0; i < scores.length; i++) total[i] = (total[i] ?? 0) + weight * (scores[i] ?? 0);
    }
    return total;
  }

  /** All reservations, or none and the refusal. */
  reserve(pod: PodInfo, node: NodeInfo): Reservation[] | Rejection {
    const held: Reservation[] = [];
    for (const { plugin } of this.#enabled) {
      const reservation = plugin.reserve?.(pod, node);
      if (isRejection(reservation)) {
        // Nothing is written yet: there is nothing to wait for.
        for (const other of held.reverse()) void other.release();
        return reservation;
      }
      if (reservation) held.push(reservation);
    }
    return held;
  }

  async permit(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<Rejection | undefined> {
    for (const { plugin } of this.#enabled) {
      if (!plugin.permit) continue;
      const rejection = await plugin.permit(pod, nodeName, signal);
      if (rejection) return rejection;
    }
    return undefined;
  }

  async bind(pod: PodInfo, nodeName: string): Promise<void> {
    for (const { plugin } of this.#enabled) if (plugin.bind) return plugin.bind(pod, nodeName);
    throw new Error('no plugin binds Pods');
  }

  /** Whether an event may let through a Pod that these plugins refused. */
  wakes(event: ClusterEvent, pod: PodInfo, refusedBy: ReadonlySet<string>): boolean {
    if (refusedBy.size === 0) return true;
    for (const name of refusedBy) {
      const plugin = this.#byName.get(name);
      if (!plugin?.wakes || plugin.wakes(event, pod)) return true;
    }
    return false;
  }
}
