/** All filter plans for one Pod, asked as one. */
import type { NodeInfo } from '../state/node-info.ts';
import type { Nominations } from '../state/nominations.ts';
import type { PodInfo } from '../state/pod-info.ts';
import type { FilterPlan } from './plugin.ts';
import type { Rejection } from './rejection.ts';

export class FilterRun {
  readonly pod: PodInfo;
  /** The only nodes worth looking at; undefined: all. */
  readonly nodeNames: ReadonlySet<string> | undefined;
  readonly #plans: readonly FilterPlan[];
  readonly #filters: readonly FilterPlan[];
  readonly #nominations: Nominations;

  constructor(pod: PodInfo, plans: readonly FilterPlan[], nominations: Nominations) {
    this.pod = pod;
    this.#plans = plans;
    this.#filters = plans.filter((plan) => plan.filter !== undefined);
    this.#nominations = nominations;
    this.nodeNames = plans.reduce<ReadonlySet<string> | undefined>((names, plan) => (names === undefined || plan.nodeNames === undefined ? (names ?? plan.nodeNames) : names.intersection(plan.nodeNames)), undefined);
  }

  /**
   * Whether the Pod may go to a node, also when the Pods nominated to it have arrived; and without them, as they may never do and
   * the Pod may count on none of them.
   */
  check(node: NodeInfo): Rejection | undefined {
    const nominated = this.#nominations.before(this.pod, node);
    if (nominated.length > 0) {
      const rejection = this.#withAdded(node, nominated);
      if (rejection) return rejection;
    }
    return this.checkAsIs(node);
  }

  checkAsIs(node: NodeInfo): Rejection | undefined {
    for (const plan of this.#filters) {
      const rejection = plan.filter?.(node);
      if (rejection) return rejection;
    }
    return undefined;
  }

  #withAdded(node: NodeInfo, pods: readonly PodInfo[]): Rejection | undefined {
    const trial = node.clone();
    for (const pod of pods) this.add(pod, trial);
    const rejection = this.checkAsIs(trial);
    for (const pod of pods) this.remove(pod, trial);
    return rejection;
  }

  /** Puts a Pod on a node that is a clone, and tells the plans. Must be undone: plans outlive the trial. */
  add(pod: PodInfo, trial: NodeInfo): void {
    trial.add(pod);
    for (const plan of this.#plans) plan.podAdded?.(pod, trial);
  }

  remove(pod: PodInfo, trial: NodeInfo): void {
    trial.remove(pod);
    for (const plan of this.#plans) plan.podRemoved?.(pod, trial);
  }
}
