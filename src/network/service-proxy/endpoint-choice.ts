/**
 * Which endpoints a Service port's traffic goes to.
 * Upstream: pkg/proxy/topology.go
 */
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';

export interface Endpoint {
  readonly ip: string;
  readonly port: number;
  readonly local: boolean;
}

/** Where traffic comes from: this node. */
export interface Place {
  readonly nodeName: string;
  /** The Node's label topology.kubernetes.io/zone. */
  readonly zone?: string | undefined;
}

/** Endpoints of one port. */
export interface EndpointChoice {
  /** For whoever may be led to any node: all, or the near ones where endpoints carry hints for this node or its zone. */
  readonly cluster: readonly Endpoint[];
  /** For whoever may not leave this node; hints do not count. */
  readonly local: readonly Endpoint[];
}

interface Candidate extends Endpoint {
  readonly ready: boolean;
  /** Going away but still answering: used where nothing is ready. */
  readonly fallback: boolean;
  readonly hints: discoveryv1.EndpointHints;
}

export function chooseEndpoints(port: corev1.ServicePort, slices: readonly discoveryv1.EndpointSlice[], place: Place): EndpointChoice {
  const candidates = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const number = portOf(port, slice);
    if (number === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) addCandidate(candidates, endpoint, number, place.nodeName);
  }
  const all = [...candidates.values()].sort((a, b) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : a.port - b.port));
  return { cluster: usable(nearest(all, place)), local: usable(all.filter(({ local }) => local)) };
}

/** All that traffic goes to in one way or another. */
export function reachable({ cluster, local }: EndpointChoice): readonly Endpoint[] {
  const known = new Set(cluster.map(({ ip, port }) => `${ip}:${port}`));
  return [...cluster, ...local.filter(({ ip, port }) => !known.has(`${ip}:${port}`))];
}

function addCandidate(candidates: Map<string, Candidate>, endpoint: discoveryv1.Endpoint, port: number, nodeName: string): void {
  const ip = endpoint.addresses[0];
  if (ip === undefined) return;
  const { ready = true, serving = ready, terminating = false } = endpoint.conditions ?? {};
  const key = `${ip}:${port}`;
  const known = candidates.get(key);
  candidates.set(key, {
    ip,
    port,
    local: endpoint.nodeName === nodeName,
    ready: ready || (known?.ready ?? false),
    fallback: (serving && terminating) || (known?.fallback ?? false),
    hints: (ready ? endpoint.hints : known?.hints) ?? {},
  });
}

/**
 * Those hinted for this node, else those hinted for its zone, else all. Hints count where every ready endpoint has some of their kind and
 * one at least is for here: what is only half hinted is a change on its way.
 */
function nearest(all: readonly Candidate[], { nodeName, zone }: Place): readonly Candidate[] {
  const ready = all.filter((candidate) => candidate.ready);
  const hintedFor = (here: string | undefined, namesOf: (hints: discoveryv1.EndpointHints) => readonly { readonly name: string }[] | undefined): Candidate[] => {
    const hinted = ready.every(({ hints }) => (namesOf(hints)?.length ?? 0) > 0);
    return hinted ? ready.filter(({ hints }) => namesOf(hints)?.some(({ name }) => name === here)) : [];
  };
  const sets = [hintedFor(nodeName, ({ forNodes }) => forNodes), hintedFor(zone, ({ forZones }) => forZones)];
  return sets.find(({ length }) => length > 0) ?? all;
}

/** A slice's port for a Service's port: the one of the same name and protocol. */
function portOf(port: corev1.ServicePort, slice: discoveryv1.EndpointSlice): number | undefined {
  return slice.ports?.find(({ name, protocol }) => (name ?? '') === (port.name ?? '') && (protocol ?? 'TCP') === (port.protocol ?? 'TCP'))?.port;
}

function usable(candidates: readonly Candidate[]): readonly Endpoint[] {
  const ready = candidates.filter((candidate) => candidate.ready);
  const chosen = ready.length > 0 ? ready : candidates.filter((candidate) => candidate.fallback);
  return chosen.map(({ ip, port, local }) => ({ ip, port, local }));
}
