/** Cordoned nodes take only Pods that tolerate it. Upstream: pkg/scheduler/framework/plugins/nodeunschedulable */
import { untoleratedTaint } from '../../../resources/core/node-conditions.ts';
import { nodeMayFit } from '../../framework/cluster-event.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';

const name = 'NodeUnschedulable';
const cordoned = unresolvable(name, 'node(s) were unschedulable');
const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];

export function nodeUnschedulable(): Plugin {
  return {
    name,
    filter: ({ pod }) => {
      if (untoleratedTaint(taints, pod.spec?.tolerations, ['NoSchedule']) === undefined) return undefined;
      return { filter: ({ node }) => (node.spec?.unschedulable === true ? cordoned : undefined) };
    },
    wakes: (event) => nodeMayFit(event, 'unschedulable', 'taints') || event.type === 'self-changed',
  };
}
