/** The order in which nodes are looked at: one from each zone in turn, so that a search cut short has seen all zones. */
import type { NodeInfo } from './node-info.ts';

export function interleavedByZone(nodes: readonly NodeInfo[]): readonly NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = `${node.labels['topology.kubernetes.io/region'] ?? ''}|${node.labels['topology.kubernetes.io/zone'] ?? ''}`;
    const members = zones.get(zone);
    if (members) members.push(node);
    else zones.set(zone, [node]);
  }
  if (zones.size < 2) return nodes;
  const ordered: NodeInfo[] = [];
  const lists = [...zones.values()];
  for (let i = 0; ordered.length < nodes.length; i++) {
    for (const list of lists) {
      const node = list[i];
      if (node) ordered.push(node);
    }
  }
  return ordered;
}
