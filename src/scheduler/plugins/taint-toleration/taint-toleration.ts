/** Taints keep Pods off that do not tolerate them, or make a node less liked. Upstream: pkg/scheduler/framework/plugins/tainttoleration */
import { tolerates, untoleratedTaint } from '../../../resources/core/node-conditions.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { nodeBeganToFit } from '../../framework/cluster-event.ts';
import { scaleToHighest } from '../../framework/normalize.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { unresolvable } from '../../framework/rejection.ts';
import type { NodeInfo } from '../../state/node-info.ts';

const name = 'TaintToleration';
const untolerated = unresolvable(name, 'node(s) had untolerated taint(s)');
const hardEffects = ['NoSchedule', 'NoExecute'];

const tolerated = ({ node }: NodeInfo, { spec }: corev1.Pod): boolean => untoleratedTaint(node.spec?.taints, spec?.tolerations, hardEffects) === undefined;
const sameTolerations = ({ pod, old }: { readonly pod: corev1.Pod; readonly old: corev1.Pod }): boolean => JSON.stringify(pod.spec?.tolerations) === JSON.stringify(old.spec?.tolerations);

export function taintToleration(): Plugin {
  return {
    name,
    filter: ({ pod }) => ({
      filter: ({ node }) => {
        if (node.spec?.taints === undefined) return undefined;
        return untoleratedTaint(node.spec.taints, pod.spec?.tolerations, hardEffects) && untolerated;
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
    wakes: (event, { pod }) => nodeBeganToFit(event, ['taints'], (node) => tolerated(node, pod)) || (event.type === 'self-changed' && !sameTolerations(event)),
  };
}
