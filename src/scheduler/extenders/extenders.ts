/** All extenders of a scheduler, asked as one, in the order in which they are configured. Upstream: pkg/scheduler/schedule_one.go */
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { ExtenderConfiguration } from '../configuration/extenders.ts';
import { unresolvable, unschedulable, type Rejection } from '../framework/rejection.ts';
import type { NodeInfo } from '../state/node-info.ts';
import type { PodInfo } from '../state/pod-info.ts';
import { Extender, type ExtenderVictims } from './extender.ts';

/** Named as the plugin that refused a Pod; any event gives such a Pod another chance. */
export const extenderName = 'Extender';

export class Extenders {
  readonly #all: readonly Extender[];
  readonly #logger: Logger;
  /** Resources that NodeResourcesFit leaves to them. */
  readonly ignoredResources: ReadonlySet<string>;

  constructor(configurations: readonly ExtenderConfiguration[], logger: Logger) {
    this.#all = configurations.map((configuration) => new Extender(configuration));
    this.#logger = logger;
    this.ignoredResources = new Set(configurations.flatMap(({ ignoredResources }) => [...ignoredResources]));
  }

  /** Whether anyone has a say in which nodes a Pod may go to. */
  judge(pod: PodInfo): boolean {
    return this.#interested(pod).some(({ filters, prioritizes }) => filters || prioritizes);
  }

  preempts(pod: PodInfo): boolean {
    return this.#interested(pod).some((extender) => extender.preempts);
  }

  /** The nodes that all let stand; why others do not is added to `byNode`. Rejects when one fails that is not ignorable. */
  async filter(pod: PodInfo, nodes: readonly NodeInfo[], byNode: Map<string, Rejection>): Promise<readonly NodeInfo[]> {
    let left = nodes;
    for (const extender of this.#interested(pod)) {
      if (left.length === 0) break;
      const result = await this.#tried(extender, 'filter', () => extender.filter(pod, left));
      if (!result) continue;
      for (const [name, reason] of result.failed) byNode.set(name, unschedulable(extenderName, reason));
      for (const [name, reason] of result.unresolvable) byNode.set(name, unresolvable(extenderName, reason));
      left = result.feasible;
    }
    return left;
  }

  /** The sum of their scores by node name. Who fails gives none. */
  async scores(pod: PodInfo, nodes: readonly NodeInfo[]): Promise<ReadonlyMap<string, number>> {
    const sums = new Map<string, number>();
    const given = await Promise.all(
      this.#interested(pod).map(async (extender) => {
        try {
          return await extender.prioritize(pod, nodes);
        } catch (error) {
          this.#logger.warn('an extender gave no scores', { extender: extender.name, pod: pod.name, error: messageOf(error) });
          return undefined;
        }
      }),
    );
    for (const scores of given) for (const [name, score] of scores ?? []) sums.set(name, (sums.get(name) ?? 0) + score);
    return sums;
  }

  /** The candidates that are left when all have chosen. */
  async preempt(pod: PodInfo, candidates: readonly ExtenderVictims[]): Promise<readonly ExtenderVictims[]> {
    let left = candidates;
    for (const extender of this.#interested(pod)) {
      if (!extender.preempts || left.length === 0) continue;
      const chosen = await this.#tried(extender, 'preempt', () => extender.preempt(pod, left));
      if (!chosen) continue;
      const empty = chosen.find(({ pods }) => pods.length === 0);
      if (empty && !extender.isIgnorable) throw new Error(`expected at least one victim pod on node "${empty.node.name}"`);
      left = chosen.filter(({ pods }) => pods.length > 0);
    }
    return left;
  }

  /** False when it is not theirs to bind. */
  async bind(pod: PodInfo, nodeName: string): Promise<boolean> {
    for (const extender of this.#interested(pod)) {
      if (!extender.binds) continue;
      const done = await this.#tried(extender, 'bind', () => extender.bind(pod, nodeName).then(() => true));
      if (done) return true;
    }
    return false;
  }

  close(): void {
    for (const extender of this.#all) extender.close();
  }

  #interested(pod: PodInfo): Extender[] {
    return this.#all.filter((extender) => extender.isInterested(pod));
  }

  /** Undefined when an extender failed whose failures are passed over. */
  async #tried<T>(extender: Extender, what: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!extender.isIgnorable) throw error;
      this.#logger.info('an extender failed and is passed over', { extender: extender.name, what, error: messageOf(error) });
      return undefined;
    }
  }
}
