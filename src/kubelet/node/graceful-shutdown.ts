/**
 * Ending a node's Pods before the node itself goes: first the ordinary ones, then those that the cluster cannot do without.
 * Upstream: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go
 */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { terminationGrace } from '../../resources/core/termination-grace.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import { isCritical } from '../eviction/ranking.ts';
import type { Refusal } from '../pods/node-context.ts';
import { isTerminal } from '../pods/pod-status.ts';
import type { PodWorkers } from '../pods/pod-workers.ts';

/** Seconds. */
export interface ShutdownPeriods {
  /** All Pods' time together; 0, the default, leaves them running. */
  readonly gracePeriod?: number | undefined;
  /** The part of it that is kept for critical Pods. */
  readonly gracePeriodCriticalPods?: number | undefined;
}

export interface GracefulShutdownOptions {
  readonly workers: () => Pick<PodWorkers, 'pods' | 'worker'>;
  readonly periods: ShutdownPeriods;
  readonly clock: Clock;
  readonly log: Logger;
}

const reason = 'Terminated';
const message = 'Pod was terminated in response to imminent node shutdown.';

export class GracefulShutdown {
  readonly #options: GracefulShutdownOptions;
  #begun = false;
  #running: Promise<void> | undefined;

  constructor(options: GracefulShutdownOptions) {
    this.#options = options;
  }

  get hasBegun(): boolean {
    return this.#begun;
  }

  /** Why no Pod is taken any more. */
  refusal(): Refusal | undefined {
    return this.#begun ? { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' } : undefined;
  }

  /** Whoever asks again waits for the same. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { gracePeriod = 0, gracePeriodCriticalPods = 0 } = this.#options.periods;
    if (gracePeriod <= 0) return;
    this.#begun = true;
    const pods = this.#options.workers().pods().filter(({ status }) => !isTerminal(status?.phase));
    await this.#end(pods.filter((pod) => !isCritical(pod)), Math.max(0, gracePeriod - gracePeriodCriticalPods));
    await this.#end(pods.filter(isCritical), gracePeriodCriticalPods);
  }

  /** Waits for them no longer than their period. */
  async #end(pods: readonly Pod[], seconds: number): Promise<void> {
    const { workers, clock, log } = this.#options;
    if (pods.length === 0) return;
    log.info('ending Pods before the node goes', { pods: pods.length, seconds });
    const ended = pods.map(async (pod) => {
      const graceSeconds = Math.min(terminationGrace(pod), seconds);
      const condition = { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message };
      await workers().worker(pod.metadata.uid ?? '')?.evict({ reason, message, graceSeconds, condition });
    });
    const patience = new AbortController();
    await Promise.race([Promise.all(ended), clock.sleep((seconds + 1) * 1000, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }
}
