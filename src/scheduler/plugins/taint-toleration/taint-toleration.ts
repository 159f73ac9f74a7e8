/** Taints keep Pods off that do not tolerate them, or make a node less liked. Upstream: pkg/scheduler/framework/plugins/tainttoleration */
import { tolerates, untoleratedTaint } from '../../../resources/core/node-conditions.ts';
import { nodeMayFit } from '../../framework/cluster-event.ts';
import { scaleToHighest } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';

const name = 'TaintToleration';
const hardEffects = ['NoSchedule', 'NoExecute'];

export function taintToleration(): Plugin {
  return {
    name,
    filter: ({ pod }) => ({
      filter: ({ node }) => {
        if (node.spec?.taints === undefined) return undefined;
        const taint = untoleratedTaint(node.spec.taints, pod.spec?.tolerations, hardEffects);
        return taint && unresolvable(name, `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
      },
    }),
    score: ({ pod }) => {
      const tolerations = (pod.spec?.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
      return {
        score: ({ node }) => {
          let disliked = 0;
          for (const taint of node.spec?.taints ?? []) {
            if (taint.effect === 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint))) disliked++;
          }
          return disliked;
        },
        normalize: (scores) => scaleToHighest(scores, true),
      };
    },
    wakes: (event) => nodeMayFit(event, 'taints') || event.type === 'self-changed',
  };
}
