/**
 * Keeps memory available on the node: while there is less than the threshold, Pods are evicted, one at a time, and the node says
 * that it is under pressure, then and for a while after.
 * Upstream: pkg/kubelet/eviction/eviction_manager.go
 */
import { bytesQuantity } from '../../apimachinery/quantity.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { tolerates } from '../../resources/core/node-conditions.ts';
import type { Container, Pod } from '../../resources/types/core-v1.ts';
import { wholes } from '../amounts.ts';
import type { Refusal } from '../pods/node-context.ts';
import { qosClass } from '../pods/resources.ts';
import { isCritical, rankByMemory, type PodMemory } from './ranking.ts';

export interface EvictionOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Bytes that must stay available. */
  readonly threshold: number;
  /** How long the node stays under pressure after the last time that it was, in milliseconds. */
  readonly transitionMs: number;
  /** Bytes of memory that are available on the machine now. */
  readonly available: () => number;
  /** The Pods whose containers run, with what they use. */
  readonly usage: () => Promise<readonly PodMemory[]>;
  readonly evict: (pod: Pod, message: string) => void;
  /** Whether an evicted Pod's containers still end. */
  readonly isEnding: (pod: Pod) => boolean;
  /** Tells about the node. */
  readonly event: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

const lookEveryMs = 10_000;
/** No longer than this is the next eviction held up by the one before. */
const endingMs = 30_000;
const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };

export class EvictionManager {
  readonly #options: EvictionOptions;
  readonly #closing = new AbortController();
  #loop: Promise<void> | undefined;
  #pressedAt = -Infinity;
  #last: { readonly pod: Pod; readonly at: number } | undefined;

  constructor(options: EvictionOptions) {
    this.#options = options;
  }

  /** Whether the node has too little memory, or had a short while ago. */
  get underPressure(): boolean {
    const { clock, transitionMs } = this.#options;
    return clock.monotonic() - this.#pressedAt < transitionMs;
  }

  start(): void {
    this.#loop = this.#lookAgainAndAgain();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** Under pressure the node takes no Pod that asked for nothing, unless that is tolerated. */
  refuse(pod: Pod): Refusal | undefined {
    const welcome = !this.underPressure || isCritical(pod) || qosClass(pod) !== 'BestEffort' || (pod.spec?.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
    return welcome ? undefined : { reason: 'Evicted', message: 'The node had condition: [MemoryPressure]. ' };
  }

  async #lookAgainAndAgain(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => log.warn('the memory of Pods could not be looked at', { error: messageOf(error) }));
      await clock.sleep(lookEveryMs, { signal }).catch(() => undefined);
    }
  }

  /** Looks once, and evicts one Pod when there is need. */
  async look(): Promise<void> {
    const { clock, threshold, available, usage, evict, isEnding, event, log } = this.#options;
    const left = available();
    if (left >= threshold) return;
    this.#pressedAt = clock.monotonic();
    if (this.#last && clock.monotonic() - this.#last.at < endingMs && isEnding(this.#last.pod)) return;
    event('Warning', 'EvictionThresholdMet', 'Attempting to reclaim memory');
    const [first] = rankByMemory(await usage());
    if (!first) return log.warn('memory is short, and there is no Pod to evict', { left, threshold });
    this.#last = { pod: first.pod, at: clock.monotonic() };
    evict(first.pod, evictionMessage(first, threshold, left));
  }
}

function evictionMessage({ pod, containers }: PodMemory, threshold: number, left: number): string {
  const request = ({ resources }: Container): string => resources?.requests?.['memory'] ?? resources?.limits?.['memory'] ?? '0';
  const larger = (pod.spec?.containers ?? []).filter((container) => (containers.get(container.name) ?? 0) > wholes(request(container)));
  const words = larger.map((container) => `Container ${container.name} was using ${bytesQuantity(containers.get(container.name) ?? 0)}, request is ${request(container)}, has larger consumption of memory. `);
  return `The node was low on resource: memory. Threshold quantity: ${bytesQuantity(threshold)}, available: ${bytesQuantity(left)}. ${words.join('')}`;
}
