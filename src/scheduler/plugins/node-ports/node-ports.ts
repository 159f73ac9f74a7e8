/** A host port is given to one Pod of a node. Upstream: pkg/scheduler/framework/plugins/nodeports */
import { hostPorts, type HostPort } from '../../../resources/core/pod-ports.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unschedulable } from '../../framework/rejection.ts';
import { HostPortSet } from '../../state/host-port-set.ts';

const name = 'NodePorts';
const taken = unschedulable(name, "node(s) didn't have free ports for the requested pod ports");

export function nodePorts(): Plugin {
  return {
    name,
    filter: ({ ports }) => (ports.length === 0 ? undefined : { filter: (node) => (ports.some((port) => node.ports.isTaken(port)) ? taken : undefined) }),
    wakes: (event, { ports }) => event.type === 'node-added' || (event.type === 'pod-gone' && frees(event.pod, ports)),
  };
}

/** Whether a Pod that left held one of these ports. */
function frees(gone: corev1.Pod, wanted: readonly HostPort[]): boolean {
  const held = new HostPortSet();
  for (const port of hostPorts(gone.spec)) held.add(port);
  return wanted.some((port) => held.isTaken(port));
}
