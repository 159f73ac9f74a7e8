/** A Pod that names its node goes there. Upstream: pkg/scheduler/framework/plugins/nodename */
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';

const name = 'NodeName';
const other = unresolvable(name, "node(s) didn't match the requested node name");

export function nodeName(): Plugin {
  return {
    name,
    filter: ({ pod }) => {
      const wanted = pod.spec?.nodeName;
      return wanted ? { filter: (node) => (node.name === wanted ? undefined : other) } : undefined;
    },
    wakes: (event, { pod }) => event.type === 'node-added' && event.node.metadata.name === pod.spec?.nodeName,
  };
}
