/** A topology spread constraint, parsed, with the question which nodes take part in it. */
import type { LabelSelector } from '../../../apimachinery/label-selector.ts';
import { untoleratedTaint } from '../../../resources/core/node-conditions.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { selectorOrNothing, withOwnValues } from '../../state/affinity-term.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import { requiredNodes } from '../../state/node-selector.ts';
import type { PodInfo } from '../../state/pod-info.ts';

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly topologyKey: string;
  readonly selector: LabelSelector;
  /** Whether Pods on a node count, and the node's domain with them. */
  includes(node: NodeInfo): boolean;
}

export type WhenUnsatisfiable = 'DoNotSchedule' | 'ScheduleAnyway';

/** A Pod's own constraints of one sort. */
export function ownConstraints(pod: PodInfo, when: WhenUnsatisfiable): SpreadConstraint[] {
  return constraintsOf(pod, pod.pod.spec?.topologySpreadConstraints ?? [], when);
}

/** Those of one sort among `all`. `replicas`: selects what is counted where the constraints do not say it, as the default ones. */
export function constraintsOf({ pod, labels }: PodInfo, all: readonly corev1.TopologySpreadConstraint[], when: WhenUnsatisfiable, replicas?: LabelSelector): SpreadConstraint[] {
  const wanted = all.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when);
  if (wanted.length === 0) return [];
  const affinity = requiredNodes(pod.spec);
  return wanted.map((constraint) => {
    const selector = replicas ?? withOwnValues(selectorOrNothing(constraint.labelSelector), constraint.matchLabelKeys, 'in', labels);
    const honorsAffinity = (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor';
    const honorsTaints = constraint.nodeTaintsPolicy === 'Honor';
    return {
      maxSkew: constraint.maxSkew,
      minDomains: constraint.minDomains ?? 1,
      topologyKey: constraint.topologyKey,
      selector,
      includes: (node) => (!honorsAffinity || (affinity?.(node) ?? true)) && (!honorsTaints || isTolerated(node, pod)),
    };
  });
}

const isTolerated = ({ node }: NodeInfo, pod: corev1.Pod): boolean => untoleratedTaint(node.spec?.taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute']) === undefined;

export const hostnameKey = 'kubernetes.io/hostname';
const zoneKey = 'topology.kubernetes.io/zone';

/** What replicas get that name no constraints: spread over hosts and zones, as far as it costs nothing else. */
export const systemConstraints: readonly corev1.TopologySpreadConstraint[] = [
  { maxSkew: 3, topologyKey: hostnameKey, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: zoneKey, whenUnsatisfiable: 'ScheduleAnyway' },
];
