/**
 * Topology spread constraints, a Pod's own and the default ones that spread the replicas of Services and workloads.
 * Upstream: pkg/scheduler/framework/plugins/podtopologyspread
 */
import { controllerOf } from '../../../apimachinery/object.ts';
import { LabelSelector, selectLabels, type LabelRequirement, type LabelSelectorObject } from '../../../apimachinery/label-selector.ts';
import type { Informer } from '../../../client/informer.ts';
import type { Informers } from '../../../client/informers.ts';
import { replicaSets } from '../../../resources/apps/replica-set.ts';
import { statefulSets } from '../../../resources/apps/stateful-set.ts';
import { replicationControllers } from '../../../resources/core/replication-controller.ts';
import { services } from '../../../resources/core/service.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type { Plugin } from '../../framework/plugin.ts';
import { selectorOrNothing } from '../../state/affinity-term.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import { defaultConstraints, ownConstraints } from './constraint.ts';
import { name, spreadFilter } from './spread-filter.ts';
import { spreadMayHold } from './spread-hints.ts';
import { spreadScore, type SpreadScoring } from './spread-score.ts';

export function podTopologySpread(informers: Informers): Plugin {
  const selectorFor = replicaSelector(informers);
  const scoring = (pod: PodInfo): SpreadScoring => {
    if ((pod.pod.spec?.topologySpreadConstraints ?? []).length > 0) return { constraints: ownConstraints(pod, 'ScheduleAnyway'), requireAllLabels: true };
    const selector = selectorFor(pod);
    return { constraints: selector.isEverything ? [] : defaultConstraints(pod, selector), requireAllLabels: false };
  };
  return {
    name,
    filter: (pod, cluster) => {
      const constraints = ownConstraints(pod, 'DoNotSchedule');
      return constraints.length === 0 ? undefined : spreadFilter(pod, constraints, cluster);
    },
    score: (pod, cluster, feasible) => {
      const wanted = scoring(pod);
      return wanted.constraints.length === 0 ? undefined : spreadScore(pod, wanted, cluster, feasible);
    },
    wakes: spreadMayHold,
  };
}

/** What the Services and the workload that a Pod belongs to select, together; everything when it belongs to none. */
function replicaSelector(informers: Informers): (pod: PodInfo) => LabelSelector {
  const byNamespace = <T extends { readonly metadata: { readonly namespace?: string | undefined } }>(object: T): string[] => [object.metadata.namespace ?? ''];
  const ofServices: Informer<corev1.Service> = informers.of(services).addIndex('namespace', byNamespace);
  const sets = informers.of(replicaSets);
  const stateful = informers.of(statefulSets);
  const controllers = informers.of(replicationControllers);
  return ({ pod, namespace, labels }) => {
    const requirements = ofServices.byIndex('namespace', namespace).flatMap(({ spec }) => {
      const selector = spec?.selector === undefined || Object.keys(spec.selector).length === 0 ? undefined : selectLabels(spec.selector);
      return selector?.matches(labels) ? [...selector.requirements] : [];
    });
    const owner = controllerOf(pod);
    const key = `${namespace}/${owner?.name ?? ''}`;
    if (owner?.kind === 'ReplicaSet') requirements.push(...requirementsOf(sets.get(key)?.spec?.selector));
    if (owner?.kind === 'StatefulSet') requirements.push(...requirementsOf(stateful.get(key)?.spec?.selector));
    if (owner?.kind === 'ReplicationController') requirements.push(...selectLabels(controllers.get(key)?.spec?.selector ?? {}).requirements);
    return requirements.length === 0 ? LabelSelector.everything : new LabelSelector(requirements);
  };
}

const requirementsOf = (selector: LabelSelectorObject | undefined): readonly LabelRequirement[] => selectorOrNothing(selector).requirements;
