/**
 * What one Service or Pod adds to the table: chains, elements of the shared maps and sets, affinity sets. A fragment is a value;
 * ruleset.ts joins them and works out what the kernel must be told.
 */

/** The shared maps and sets of the table (base-table.ts). */
export type SharedSet = 'service-ips' | 'service-nodeports' | 'no-endpoint-services' | 'no-endpoint-nodeports' | 'cluster-ips' | 'hairpin';

export interface Element {
  readonly set: SharedSet;
  /** '10.96.0.5 . tcp . 80' */
  readonly key: string;
  /** The verdict of a map's element ('goto svc-…'); absent in a set. */
  readonly verdict?: string;
}

export interface UdpAddress {
  /** Absent: any of the node's. */
  readonly ip?: string;
  readonly port: number;
}

export interface Fragment {
  /** Chain name → its rules in order. */
  readonly chains: ReadonlyMap<string, readonly string[]>;
  readonly elements: readonly Element[];
  /** Sets that remember which client an endpoint serves: name → seconds. */
  readonly affinitySets: ReadonlyMap<string, number>;
  /** UDP endpoints traffic goes to: when one leaves, what the kernel remembers of it must go too. */
  readonly udpEndpoints: readonly UdpAddress[];
  /** UDP addresses that lead to endpoints: when one comes, what the kernel remembers from before must go. */
  readonly udpFrontends: readonly UdpAddress[];
}

/** A fragment under construction. */
export class FragmentBuilder implements Fragment {
  readonly chains = new Map<string, readonly string[]>();
  readonly elements: Element[] = [];
  readonly affinitySets = new Map<string, number>();
  readonly udpEndpoints: UdpAddress[] = [];
  readonly udpFrontends: UdpAddress[] = [];

  /** Returns the chain's name. */
  chain(name: string, rules: readonly string[]): string {
    this.chains.set(name, rules);
    return name;
  }

  element(set: SharedSet, key: string, verdict?: string): void {
    this.elements.push(verdict === undefined ? { set, key } : { set, key, verdict });
  }
}
