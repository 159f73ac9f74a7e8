/** Numbers by topology: 'zone' → 'a' → 3. */
import type { NodeInfo } from '../../state/node-info.ts';

export class TopologyCounts {
  readonly #byKey = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Adds to the topology that a node is in; nothing, when it has no such label. */
  add(node: NodeInfo, topologyKey: string, by: number): void {
    const value = node.labels[topologyKey];
    if (value === undefined) return;
    const counts = this.#byKey.get(topologyKey) ?? new Map<string, number>();
    const sum = (counts.get(value) ?? 0) + by;
    if (sum === 0) counts.delete(value);
    else counts.set(value, sum);
    if (counts.size === 0) this.#byKey.delete(topologyKey);
    else this.#byKey.set(topologyKey, counts);
  }

  at(node: NodeInfo, topologyKey: string): number {
    const value = node.labels[topologyKey];
    return value === undefined ? 0 : (this.#byKey.get(topologyKey)?.get(value) ?? 0);
  }

  /** Whether any count is above zero for a topology that the node is in. */
  anyAt(node: NodeInfo): boolean {
    for (const topologyKey of this.#byKey.keys()) if (this.at(node, topologyKey) > 0) return true;
    return false;
  }

  /** The sum over all topologies that the node is in. */
  sumAt(node: NodeInfo): number {
    let sum = 0;
    for (const topologyKey of this.#byKey.keys()) sum += this.at(node, topologyKey);
    return sum;
  }
}
