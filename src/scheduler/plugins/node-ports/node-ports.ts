/** A host port is given to one Pod of a node. Upstream: pkg/scheduler/framework/plugins/nodeports */
import { hostPorts } from '../../../resources/core/pod-ports.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unschedulable } from '../../framework/rejection.ts';

const name = 'NodePorts';
const taken = unschedulable(name, "node(s) didn't have free ports for the requested pod ports");

export function nodePorts(): Plugin {
  return {
    name,
    filter: ({ ports }) => (ports.length === 0 ? undefined : { filter: (node) => (ports.some((port) => node.ports.isTaken(port)) ? taken : undefined) }),
    wakes: (event) => event.type === 'node-added' || (event.type === 'pod-gone' && hostPorts(event.pod.spec).length > 0),
  };
}
