/**
 * How fast nodes that do not answer may be given up, zone by zone: where most of a zone is silent it is the network that is broken, not
 * the nodes, and where nobody answers it is this side's.
 * Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go (handleDisruption, ComputeZoneState, setLimiterInZone)
 */
import { nodeCondition } from '../../resources/core/node-conditions.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

/** Nodes given up a second: usually, and in a large zone that is partly disrupted; a small one is then left alone. */
const usualRate = 0.1;
const secondaryRate = 0.01;
const largeZone = 50;
/** The share of a zone's nodes, and their number, that make it partly disrupted. */
const unhealthyShare = 0.55;
const fewNodes = 2;
const excludedLabel = 'node.kubernetes.io/exclude-disruption';

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  return notReady > fewNodes && notReady / (ready + notReady) >= unhealthyShare ? 'PartialDisruption' : 'Normal';
}

/** Nodes a second that may be given up in a zone of this state. */
export function zoneRate(state: ZoneState, size: number): number {
  if (state !== 'PartialDisruption') return usualRate;
  return size > largeZone ? secondaryRate : 0;
}

export function zoneOf({ metadata: { labels = {} } }: corev1.Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:${zone}`;
}

interface Zone {
  ready: number;
  notReady: number;
  state: ZoneState;
  /** Nodes a second. */
  rate: number;
  /** When the next node may be given up, ms. */
  next: number;
}

export class Zones {
  readonly #zones = new Map<string, Zone>();
  readonly #nodes = new Map<string, { readonly zone: string; readonly ready: boolean }>();
  /** Nobody answers: nobody is given up. */
  #allDisrupted = false;

  get allDisrupted(): boolean {
    return this.#allDisrupted;
  }

  /** A node was seen (`node`), or is gone. True when how fast nodes are given up has changed somewhere. */
  note(name: string, node: corev1.Node | undefined): boolean {
    const before = this.#nodes.get(name);
    const ready = node && nodeCondition(node, 'Ready');
    const now = node && ready && node.metadata.labels?.[excludedLabel] === undefined ? { zone: zoneOf(node), ready: ready.status === 'True' } : undefined;
    if (before?.zone === now?.zone && before?.ready === now?.ready) return false;
    if (before) this.#count(before, -1);
    if (now) this.#count(now, 1);
    if (now) this.#nodes.set(name, now);
    else this.#nodes.delete(name);
    return this.#judge();
  }

  /** ms until a node of this zone may be given up; 0: it now is. Infinity: not before things change. */
  wait(zone: string, now: number): number {
    if (this.#allDisrupted) return Infinity;
    const found = this.#zones.get(zone);
    if (!found) return 0;
    if (found.rate === 0) return Infinity;
    if (now < found.next) return found.next - now;
    found.next = now + 1000 / found.rate;
    return 0;
  }

  /** A node was not given up after all. */
  giveBack(zone: string): void {
    const found = this.#zones.get(zone);
    if (found) found.next = 0;
  }

  #count({ zone, ready }: { readonly zone: string; readonly ready: boolean }, by: number): void {
    const found = this.#zones.get(zone) ?? { ready: 0, notReady: 0, state: 'Normal', rate: usualRate, next: 0 };
    if (ready) found.ready += by;
    else found.notReady += by;
    if (found.ready + found.notReady === 0) this.#zones.delete(zone);
    else this.#zones.set(zone, found);
  }

  #judge(): boolean {
    let changed = false;
    for (const zone of this.#zones.values()) {
      const state = zoneState(zone.ready, zone.notReady);
      const rate = zoneRate(state, zone.ready + zone.notReady);
      if (state !== zone.state && rate !== zone.rate) zone.next = 0;
      changed ||= state !== zone.state || rate !== zone.rate;
      zone.state = state;
      zone.rate = rate;
    }
    const allDisrupted = this.#zones.size > 0 && [...this.#zones.values()].every(({ state }) => state === 'FullDisruption');
    changed ||= allDisrupted !== this.#allDisrupted;
    this.#allDisrupted = allDisrupted;
    return changed;
  }
}
