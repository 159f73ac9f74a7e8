/**
 * What the node decides about a Pod as a whole: that it is not taken, is past its deadline, uses more disk than it may. A verdict is
 * final: the Pod fails with its reason, and what still runs of it is ended.
 * Upstream: pkg/kubelet/active_deadline.go, pkg/kubelet/eviction (emptyDirLimitEviction), pkg/kubelet/lifecycle/predicate.go
 */
import type { Pod } from '../../resources/types/core-v1.ts';
import { limitedOnDisk } from '../volumes/empty-dir-usage.ts';
import type { StatedCondition } from './conditions.ts';
import type { NodeContext, Refusal } from './node-context.ts';
import type { RuntimePod } from './runtime-pod.ts';

export interface Verdict extends Refusal {
  /** Seconds that its containers have to end; the Pod's own grace period where absent. */
  readonly graceSeconds?: number | undefined;
  /** Told in the Pod's status besides. */
  readonly condition?: StatedCondition | undefined;
}

/** How often the size of limited emptyDir volumes is looked at. */
const measureMs = 10_000;
/** Seconds. */
const evictionGrace = 1;

export class PodVerdicts {
  readonly #context: NodeContext;
  /** Milliseconds since the epoch. */
  readonly #startTime: number;
  #verdict: Verdict | undefined;
  #admitted = false;
  #measuredAt = -Infinity;

  constructor(context: NodeContext, startTime: number) {
    this.#context = context;
    this.#startTime = startTime;
  }

  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  /** The node's own decision, from elsewhere in the agent. The first verdict stands. */
  pronounce(verdict: Verdict): void {
    this.#verdict ??= verdict;
  }

  /** Looks at deadline and disk use; answers after how many ms to look again, undefined where there is nothing to wait for. */
  async look(pod: Pod, seen: RuntimePod): Promise<number | undefined> {
    const waits = [this.#deadline(pod), await this.#diskUse(pod, seen)].filter((wait) => wait !== undefined);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** Whether the node takes the Pod, asked once. One that has containers here was taken before. */
  admit(pod: Pod, seen: RuntimePod): boolean {
    if (this.#admitted || seen.containers.length > 0) this.#admitted = true;
    if (this.#admitted) return true;
    const refusal = this.#context.admit(pod);
    if (refusal) {
      this.#verdict = refusal;
      this.#context.events.event(pod, 'Warning', refusal.reason, refusal.message);
      return false;
    }
    this.#admitted = true;
    return true;
  }

  #deadline(pod: Pod): number | undefined {
    const seconds = pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined || this.#verdict) return undefined;
    const { clock, events } = this.#context;
    const left = this.#startTime + seconds * 1000 - clock.now();
    if (left > 0) return left;
    this.#verdict = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    events.event(pod, 'Normal', 'DeadlineExceeded', this.#verdict.message);
    return undefined;
  }

  async #diskUse(pod: Pod, seen: RuntimePod): Promise<number | undefined> {
    if (this.#verdict || limitedOnDisk(pod).length === 0) return undefined;
    const { clock, events, volumes } = this.#context;
    const wait = this.#measuredAt + measureMs - clock.monotonic();
    if (wait > 0) return wait;
    if (!seen.sandbox) return measureMs;
    this.#measuredAt = clock.monotonic();
    const message = await volumes.outgrown(pod);
    if (message === undefined) return measureMs;
    this.#verdict = { reason: 'Evicted', message, graceSeconds: evictionGrace };
    events.event(pod, 'Warning', 'Evicted', message);
    return undefined;
  }
}
