/**
 * Keeps a node from running dry: looks at its signals every ten seconds, reclaims what nobody uses, and where that is not enough evicts
 * one Pod at a time.
 * Upstream: pkg/kubelet/eviction/eviction_manager.go (synchronize)
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { tolerates } from '../../resources/core/node-conditions.ts';
import { terminationGrace } from '../../resources/core/termination-grace.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import { millis, wholes } from '../amounts.ts';
import type { EventRecorder } from '../pod-source.ts';
import type { Refusal } from '../pods/node-context.ts';
import type { Verdict } from '../pods/pod-verdicts.ts';
import { qosClass } from '../pods/resources.ts';
import { isTerminal } from '../pods/pod-status.ts';
import { isCritical, noUse, rankPods, type PodUse } from './ranking.ts';
import { pressureOf, resourceOf, type MachineSignals, type NodePressure, type Observations } from './signals.ts';
import { amountText, isCrossed, thresholdAmount, thresholds, type EvictionSettings, type Threshold } from './thresholds.ts';

export interface EvictionManagerOptions {
  readonly settings: EvictionSettings;
  readonly signals: MachineSignals;
  /** Pods on the node with their status. */
  readonly pods: () => readonly Pod[];
  /** What these Pods use, by UID. */
  readonly usage: (pods: readonly Pod[]) => Promise<ReadonlyMap<string, PodUse>>;
  /** Ends the Pod with this verdict; resolves once its containers have ended, or soon after. */
  readonly evict: (pod: Pod, verdict: Verdict) => Promise<void>;
  /** Removes what nobody uses from the disks: ended containers, then images. */
  readonly reclaimDisk: () => Promise<void>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

const everyMs = 10_000;
const defaultTransitionMs = 300_000;
/** Seconds that a Pod gets to end where a hard threshold is crossed. */
const hardGrace = 1;

export class EvictionManager {
  readonly #options: EvictionManagerOptions;
  readonly #thresholds: readonly Threshold[];
  readonly #closing = new AbortController();
  /** When each threshold was first seen crossed, and each pressure last seen; monotonic ms. */
  readonly #crossedAt = new Map<Threshold, number>();
  readonly #pressedAt = new Map<NodePressure, number>();
  #loop: Promise<void> | undefined;

  /** Throws an Error for settings that cannot be understood. */
  constructor(options: EvictionManagerOptions) {
    this.#options = options;
    this.#thresholds = thresholds(options.settings);
  }

  start(): void {
    this.#loop = this.#repeat();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** A condition stays for a while after its cause is gone, so that a node does not flap. */
  has(pressure: NodePressure): boolean {
    const at = this.#pressedAt.get(pressure);
    return at !== undefined && this.#options.clock.monotonic() - at < (this.#options.settings.pressureTransitionMs ?? defaultTransitionMs);
  }

  /** Whether a node that is short of something takes the Pod. */
  admit(pod: Pod): Refusal | undefined {
    const pressures = (['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).filter((pressure) => this.has(pressure));
    if (pressures.length === 0 || isCritical(pod)) return undefined;
    // Short of memory only, a node refuses just those that promise nothing about their use of it.
    if (pressures.length === 1 && pressures[0] === 'MemoryPressure' && (qosClass(pod) !== 'BestEffort' || toleratesMemoryPressure(pod))) return undefined;
    return { reason: 'Evicted', message: `The node had condition: [${pressures.join(' ')}]. ` };
  }

  async #repeat(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => log.warn('the node could not look after its resources', { error: messageOf(error) }));
      await clock.sleep(everyMs, { signal }).catch(() => undefined);
    }
  }

  /** One look at all signals, with all that follows from it; one that is under way is joined. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }
  #looking: Promise<void> | undefined;

  async #look(): Promise<void> {
    const { signals, clock } = this.#options;
    const seen = signals.observe();
    const now = clock.monotonic();
    for (const threshold of this.#thresholds) {
      if (!isCrossed(threshold, seen.get(threshold.signal), this.#crossedAt.has(threshold))) this.#crossedAt.delete(threshold);
      else if (!this.#crossedAt.has(threshold)) this.#crossedAt.set(threshold, now);
    }
    for (const { signal } of this.#crossedAt.keys()) this.#pressedAt.set(pressureOf(signal), now);
    if (await this.#endOverLimit()) return;
    // Memory first: a node without memory gets nothing else done.
    const [worst] = this.#thresholds.filter((threshold) => now - (this.#crossedAt.get(threshold) ?? Infinity) >= threshold.graceMs);
    if (worst) await this.#relieve(worst, seen);
  }

  /** Evicts Pods whose containers hold more on disk than their limits; true where there was one. */
  async #endOverLimit(): Promise<boolean> {
    const limited = this.#active().filter(({ spec }) => spec?.containers.some(({ resources }) => resources?.limits?.['ephemeral-storage'] !== undefined));
    if (limited.length === 0) return false;
    const uses = await this.#options.usage(limited);
    let any = false;
    for (const pod of limited) {
      const message = overDiskLimit(pod, uses.get(pod.metadata.uid ?? '') ?? noUse);
      if (message === undefined) continue;
      any = true;
      this.#options.events.event(pod, 'Warning', 'Evicted', message);
      await this.#options.evict(pod, verdict(message, hardGrace));
    }
    return any;
  }

  #active(): readonly Pod[] {
    return this.#options.pods().filter(({ status, metadata }) => !isTerminal(status?.phase) && metadata.deletionTimestamp === undefined);
  }

  async #relieve(threshold: Threshold, seen: Observations): Promise<void> {
    const { events, log, signals, reclaimDisk } = this.#options;
    const resource = resourceOf(threshold.signal);
    log.warn('the node is short of a resource', { resource, available: seen.get(threshold.signal)?.available ?? 0 });
    events.nodeEvent('Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    if (pressureOf(threshold.signal) === 'DiskPressure') {
      await reclaimDisk();
      const after = signals.observe();
      const matters = (other: Threshold): boolean => other === threshold || (other.graceMs === 0 && pressureOf(other.signal) === 'DiskPressure');
      if (!this.#thresholds.some((other) => matters(other) && isCrossed(other, after.get(other.signal), true))) return;
    }
    await this.#evictOne(threshold, seen);
  }

  async #evictOne(threshold: Threshold, seen: Observations): Promise<void> {
    const { usage, evict, events, log, settings } = this.#options;
    const active = this.#active();
    const uses = await usage(active);
    const [first] = rankPods(active, threshold.signal, ({ metadata }) => uses.get(metadata.uid ?? '') ?? noUse).filter((pod) => !isCritical(pod));
    if (!first) return log.warn('no Pod can be evicted', { signal: threshold.signal });
    const message = evictionMessage(first, threshold, seen, uses.get(first.metadata.uid ?? '') ?? noUse);
    const own = terminationGrace(first);
    const graceSeconds = threshold.graceMs === 0 ? hardGrace : Math.min(own, settings.evictionMaxPodGracePeriod ?? 0);
    log.info('evicting a Pod', { pod: first.metadata.name, namespace: first.metadata.namespace, message });
    events.event(first, 'Warning', 'Evicted', message);
    await evict(first, verdict(message, graceSeconds));
  }
}

const verdict = (message: string, graceSeconds: number): Verdict => ({
  reason: 'Evicted', message, graceSeconds, condition: { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message },
});

function overDiskLimit(pod: Pod, use: PodUse): string | undefined {
  const containers = pod.spec?.containers ?? [];
  const limits = containers.map(({ resources }) => resources?.limits?.['ephemeral-storage']);
  for (const [i, { name }] of containers.entries()) {
    const limit = limits[i];
    if (limit !== undefined && (use.layers.get(name) ?? 0) > wholes(limit)) return `Container ${name} exceeded its local ephemeral storage limit "${limit}". `;
  }
  const total = limits.reduce((sum, limit) => sum + wholes(limit), 0);
  if (limits.some((limit) => limit === undefined) || use.disk <= total) return undefined;
  return `Pod ephemeral local storage usage exceeds the total limit of containers ${amountText('nodefs.available', total)}. `;
}

function evictionMessage(pod: Pod, threshold: Threshold, seen: Observations, use: PodUse): string {
  const { signal } = threshold;
  const observed = seen.get(signal) ?? { available: 0, capacity: 0 };
  const resource = resourceOf(signal);
  const quantity = amountText(signal, thresholdAmount(threshold, observed.capacity));
  const parts = [`The node was low on resource: ${resource}. `, `Threshold quantity: ${quantity}, available: ${amountText(signal, observed.available)}. `];
  if (signal !== 'memory.available') return parts.join('');
  for (const { name, resources } of pod.spec?.containers ?? []) {
    const used = use.containers.get(name) ?? 0;
    const request = resources?.requests?.['memory'] ?? resources?.limits?.['memory'] ?? '0';
    if (used > wholes(request)) parts.push(`Container ${name} was using ${amountText(signal, used)}, request is ${millis(request) === 0 ? '0' : request}, has larger consumption of ${resource}. `);
  }
  return parts.join('');
}

const memoryTaint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' };
const toleratesMemoryPressure = (pod: Pod): boolean => (pod.spec?.tolerations ?? []).some((toleration) => tolerates(toleration, memoryTaint));
