/**
 * The pools of devices that drivers offer in ResourceSlices. Of a pool only the newest generation counts, and only when all its slices
 * are there. Pools are found per node: those of slices that name nodes apart from those that several nodes reach.
 * Upstream: k8s.io/dynamic-resource-allocation/structured/internal (GatherPools)
 */
import { selectorMatcher, type NodeFacts, type NodeMatcher } from '../../../resources/core/node-selector.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';

/** A device, and where it is offered. */
export interface OfferedDevice {
  readonly device: resourcev1.Device;
  readonly slice: resourcev1.ResourceSlice;
  readonly pool: DevicePool;
  readonly driver: string;
  /** 'driver/pool/device' */
  readonly key: string;
}

export interface DevicePool {
  /** 'driver/pool' */
  readonly name: string;
  readonly slices: readonly resourcev1.ResourceSlice[];
  readonly isComplete: boolean;
  /** Two devices of one name, or counters of sets that are not there. */
  readonly isInvalid: boolean;
  /** All devices, whichever node reaches them. */
  readonly devices: readonly OfferedDevice[];
  /** Taking these takes longer: others come first. */
  readonly hasBindingConditions: boolean;
}

/** What a node may use of a pool. */
export interface ReachablePool {
  readonly pool: DevicePool;
  readonly devices: readonly OfferedDevice[];
}

export const deviceKey = (driver: string, pool: string, device: string): string => `${driver}/${pool}/${device}`;

export class DevicePools {
  readonly #ofNode = new Map<string, Set<DevicePool>>();
  readonly #shared: DevicePool[] = [];
  readonly #matchers = new WeakMap<corev1.NodeSelector, NodeMatcher>();

  constructor(slices: readonly resourcev1.ResourceSlice[]) {
    for (const pool of poolsOf(slices)) {
      if (pool.slices.some(({ spec }) => !spec.nodeName)) this.#shared.push(pool);
      else for (const { spec } of pool.slices) this.#addLocal(spec.nodeName ?? '', pool);
    }
  }

  #addLocal(node: string, pool: DevicePool): void {
    const pools = this.#ofNode.get(node) ?? new Set();
    this.#ofNode.set(node, pools.add(pool));
  }

  /** In the order in which devices are tried. */
  reachableFrom(node: NodeFacts): ReachablePool[] {
    const found = [...(this.#ofNode.get(node.name) ?? []), ...this.#shared].flatMap((pool) => {
      const devices = pool.devices.filter(({ device, slice }) => this.#reaches(node, slice.spec.perDeviceNodeSelection === true ? device : slice.spec));
      return devices.length > 0 ? [{ pool, devices }] : [];
    });
    return found.sort((a, b) => Number(a.pool.hasBindingConditions) - Number(b.pool.hasBindingConditions));
  }

  #reaches(node: NodeFacts, { nodeName, allNodes, nodeSelector }: Pick<resourcev1.Device, 'nodeName' | 'allNodes' | 'nodeSelector'>): boolean {
    if (nodeName) return nodeName === node.name;
    if (allNodes === true) return true;
    if (nodeSelector === undefined) return false;
    let matches = this.#matchers.get(nodeSelector);
    if (!matches) this.#matchers.set(nodeSelector, (matches = selectorMatcher(nodeSelector)));
    return matches(node);
  }
}

function poolsOf(slices: readonly resourcev1.ResourceSlice[]): DevicePool[] {
  const newest = new Map<string, resourcev1.ResourceSlice[]>();
  for (const slice of slices) {
    const { driver, pool } = slice.spec;
    const name = `${driver}/${pool.name}`;
    const known = newest.get(name);
    const generation = known?.[0]?.spec.pool.generation ?? -1;
    if (known === undefined || pool.generation > generation) newest.set(name, [slice]);
    else if (pool.generation === generation) known.push(slice);
  }
  return [...newest.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => poolOf(name, of));
}

function poolOf(name: string, unsorted: readonly resourcev1.ResourceSlice[]): DevicePool {
  const slices = unsorted.toSorted((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const all = slices.flatMap((slice) => (slice.spec.devices ?? []).map((device) => ({ slice, device })));
  const counterSets = new Set(slices.flatMap(({ spec }) => (spec.sharedCounters ?? []).map((set) => set.name)));
  const devices: OfferedDevice[] = [];
  const pool: DevicePool = {
    name,
    slices,
    isComplete: slices.length === slices[0]?.spec.pool.resourceSliceCount,
    isInvalid: new Set(all.map(({ device }) => device.name)).size < all.length || all.some(({ device }) => device.consumesCounters?.some(({ counterSet }) => !counterSets.has(counterSet))),
    devices,
    hasBindingConditions: all.some(({ device }) => (device.bindingConditions ?? []).length > 0),
  };
  for (const { slice, device } of all) devices.push({ device, slice, pool, driver: slice.spec.driver, key: `${name}/${device.name}` });
  return pool;
}
