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
import { constraintsOf, ownConstraints, systemConstraints, type SpreadConstraint, type WhenUnsatisfiable } from './constraint.ts';
import { name, spreadFilter } from './spread-filter.ts';
import { spreadMayHold } from './spread-hints.ts';
import { spreadScore } from './spread-score.ts';

/** `defaults`: constraints for Pods that name none. */
export function podTopologySpread(informers: Informers, defaults?: readonly corev1.TopologySpreadConstraint[]): Plugin {
  const selectorFor = replicaSelector(informers);
  const constraintsFor = (pod: PodInfo, when: WhenUnsatisfiable): SpreadConstraint[] => {
    if (namesOwn(pod)) return ownConstraints(pod, when);
    const selector = (defaults ?? systemConstraints).some(({ whenUnsatisfiable }) => whenUnsatisfiable === when) ? selectorFor(pod) : LabelSelector.everything;
    return selector.isEverything ? [] : constraintsOf(pod, defaults ?? systemConstraints, when, selector);
  };
  return {
    name,
    filter: (pod, cluster) => {
      const constraints = constraintsFor(pod, 'DoNotSchedule');
      return constraints.length === 0 ? undefined : spreadFilter(pod, constraints, cluster);
    },
    score: (pod, cluster, feasible) => {
      const constraints = constraintsFor(pod, 'ScheduleAnyway');
      // Nodes without labels that nobody asked for are no worse.
      return constraints.length === 0 ? undefined : spreadScore(pod, { constraints, requireAllLabels: namesOwn(pod) || defaults !== undefined }, cluster, feasible);
    },
    wakes: (event, pod) => spreadMayHold(event, pod, constraintsFor(pod, 'DoNotSchedule')),
  };
}

const namesOwn = ({ pod }: PodInfo): boolean => (pod.spec?.topologySpreadConstraints ?? []).length > 0;

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
