/** What a node agent is told about its machine, and about what of it is for Pods. */
import type { Taint } from '../../resources/types/core-v1.ts';
import { defaultEvictionHard, defaultTransitionSeconds, parseEvictionHard } from '../eviction/thresholds.ts';
import type { Reservations } from './capacity.ts';
import type { ShutdownPeriods } from './graceful-shutdown.ts';

export interface NodeSettings {
  readonly reservations: Reservations;
  /** Percent of the disk in use at which images are removed, and down to which. */
  readonly imageGarbage: { readonly highPercent: number; readonly lowPercent: number };
  readonly maxPods: number;
  readonly shutdown: ShutdownPeriods;
  /** For the Node, where it lacks them when the agent starts. */
  readonly labels: Readonly<Record<string, string>>;
  /** For the Node when it is made. */
  readonly taints: readonly Taint[];
}

/** Of a machine that people work on too: see eviction/thresholds.ts. */
export const usualNodeSettings: NodeSettings = {
  reservations: { enforced: ['pods'], eviction: { evictionHard: parseEvictionHard(defaultEvictionHard), pressureTransitionMs: defaultTransitionSeconds * 1000 } },
  imageGarbage: { highPercent: 85, lowPercent: 80 },
  maxPods: 110,
  shutdown: { gracePeriod: 0, gracePeriodCriticalPods: 0 },
  labels: {},
  taints: [],
};
