/** Cordoned nodes take only Pods that tolerate it. Upstream: pkg/scheduler/framework/plugins/nodeunschedulable */
import { untoleratedTaint } from '../../../resources/core/node-conditions.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { nodeBeganToFit } from '../../framework/cluster-event.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';

const name = 'NodeUnschedulable';
const cordoned = unresolvable(name, 'node(s) were unschedulable');
const taints = [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }];

const mayIgnore = ({ spec }: corev1.Pod): boolean => untoleratedTaint(taints, spec?.tolerations, ['NoSchedule']) === undefined;

export function nodeUnschedulable(): Plugin {
  return {
    name,
    filter: ({ pod }) => {
      if (mayIgnore(pod)) return undefined;
      return { filter: ({ node }) => (node.spec?.unschedulable === true ? cordoned : undefined) };
    },
    wakes: (event, { pod }) => nodeBeganToFit(event, ['unschedulable'], ({ node }) => node.spec?.unschedulable !== true) || (event.type === 'self-changed' && mayIgnore(pod)),
  };
}
