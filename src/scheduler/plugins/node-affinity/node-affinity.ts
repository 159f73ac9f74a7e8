/** nodeSelector and node affinity. Upstream: pkg/scheduler/framework/plugins/nodeaffinity */
import { nodeBeganToFit } from '../../framework/cluster-event.ts';
import { scaleToHighest } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';
import { namedNodes, requiredNodes, termMatcher } from '../../state/node-selector.ts';

const name = 'NodeAffinity';
const elsewhere = unresolvable(name, "node(s) didn't match Pod's node affinity/selector");
const nowhere = unresolvable(name, 'pod affinity terms conflict');

export function nodeAffinity(): Plugin {
  return {
    name,
    filter: ({ pod }) => {
      const matches = requiredNodes(pod.spec);
      if (!matches) return undefined;
      const nodeNames = namedNodes(pod.spec);
      if (nodeNames?.size === 0) return nowhere;
      return { nodeNames, filter: (node) => (matches(node) ? undefined : elsewhere) };
    },
    score: ({ pod }) => {
      const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
      if (preferred.length === 0) return undefined;
      const terms = preferred.map(({ weight, preference }) => ({ weight, matches: termMatcher(preference) }));
      return {
        score: (node) => terms.reduce((sum, { weight, matches }) => (matches(node) ? sum + weight : sum), 0),
        normalize: (scores) => scaleToHighest(scores),
      };
    },
    wakes: (event, { pod }) => nodeBeganToFit(event, ['labels'], requiredNodes(pod.spec) ?? (() => true)),
  };
}
