/** nodeSelector and node affinity. Upstream: pkg/scheduler/framework/plugins/nodeaffinity */
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { nodeBeganToFit } from '../../framework/cluster-event.ts';
import { scaleToHighest } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';
import { namedNodes, requiredNodes, termMatcher } from '../../state/node-selector.ts';

const name = 'NodeAffinity';
const elsewhere = unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
const unenforced = unresolvable(name, "node(s) didn't match scheduler-enforced node affinity");
const nowhere = unresolvable(name, 'pod affinity terms conflict');

/** `added`: what the profile asks of nodes for every Pod. */
export function nodeAffinity(added?: corev1.NodeAffinity): Plugin {
  const enforced = requiredNodes({ containers: [], affinity: { nodeAffinity: added } });
  const liked = added?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    name,
    filter: ({ pod }) => {
      const matches = requiredNodes(pod.spec);
      if (!matches && !enforced) return undefined;
      const nodeNames = namedNodes(pod.spec);
      if (nodeNames?.size === 0) return nowhere;
      return { nodeNames, filter: (node) => (enforced?.(node) === false ? unenforced : matches?.(node) === false ? elsewhere : undefined) };
    },
    score: ({ pod }) => {
      const preferred = [...liked, ...(pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])];
      if (preferred.length === 0) return undefined;
      const terms = preferred.map(({ weight, preference }) => ({ weight, matches: termMatcher(preference) }));
      return {
        score: (node) => terms.reduce((sum, { weight, matches }) => (matches(node) ? sum + weight : sum), 0),
        normalize: (scores) => scaleToHighest(scores),
      };
    },
    wakes: (event, { pod }) => {
      const matches = requiredNodes(pod.spec);
      return nodeBeganToFit(event, ['labels'], (node) => enforced?.(node) !== false && matches?.(node) !== false);
    },
  };
}
