/** Pod affinity and anti-affinity. Upstream: pkg/scheduler/framework/plugins/interpodaffinity */
import type { Informers } from '../../../client/informers.ts';
import { namespaces } from '../../../resources/core/namespace.ts';
import type { Plugin } from '../../framework/plugin.ts';
import type { NamespaceLabels } from '../../state/affinity-term.ts';
import { affinityFilter, name } from './affinity-filter.ts';
import { affinityMayHold } from './affinity-hints.ts';
import { affinityScore } from './affinity-score.ts';

/** `hardWeight`: how much it counts in scores that a Pod which is there requires this one near. */
export function interPodAffinity(informers: Informers, hardWeight = 1): Plugin {
  const known = informers.of(namespaces);
  const namespaceLabels: NamespaceLabels = (namespace) => known.get(namespace)?.metadata.labels;
  return {
    name,
    filter: (pod, cluster) => affinityFilter(pod, cluster, namespaceLabels),
    score: (pod, cluster) => affinityScore(pod, cluster, namespaceLabels, hardWeight),
    wakes: (event, pod) => affinityMayHold(event, pod, namespaceLabels),
  };
}
