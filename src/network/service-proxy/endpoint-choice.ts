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

/** Endpoints of one port: all that may be used, and those of this node. */
export interface EndpointChoice {
  readonly cluster: readonly Endpoint[];
  readonly local: readonly Endpoint[];
}

interface Candidate extends Endpoint {
  readonly ready: boolean;
  /** Going away but still answering: used where nothing is ready. */
  readonly fallback: boolean;
}

export function chooseEndpoints(port: corev1.ServicePort, slices: readonly discoveryv1.EndpointSlice[], nodeName: string): EndpointChoice {
  const candidates = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue;
    const number = portOf(port, slice);
    if (number === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) addCandidate(candidates, endpoint, number, nodeName);
  }
  const all = [...candidates.values()].sort((a, b) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : a.port - b.port));
  return { cluster: usable(all), local: usable(all.filter(({ local }) => local)) };
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
  });
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
