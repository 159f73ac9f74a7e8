/** Pod affinity and anti-affinity. Upstream: pkg/scheduler/framework/plugins/interpodaffinity */
import type { Informers } from '../../../client/informers.ts';
import { namespaces } from '../../../resources/core/namespace.ts';
import type { Plugin } from '../../framework/plugin.ts';
import type { NamespaceLabels } from '../../state/affinity-term.ts';
import { affinityFilter, name } from './affinity-filter.ts';
import { affinityMayHold } from './affinity-hints.ts';
import { affinityScore } from './affinity-score.ts';

export interface InterPodAffinityOptions {
  /** How much it counts in scores that a Pod which is there requires this one near. */
  readonly hardPodAffinityWeight: number;
  /** Whether what other Pods prefer counts for Pods that prefer nothing themselves. */
  readonly ignorePreferredTermsOfExistingPods: boolean;
}

const usual: InterPodAffinityOptions = { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false };

export function interPodAffinity(informers: Informers, options = usual): Plugin {
  const known = informers.of(namespaces);
  const namespaceLabels: NamespaceLabels = (namespace) => known.get(namespace)?.metadata.labels;
  return {
    name,
    filter: (pod, cluster) => affinityFilter(pod, cluster, namespaceLabels),
    score: (pod, cluster) => affinityScore(pod, cluster, namespaceLabels, options),
    wakes: (event, pod) => affinityMayHold(event, pod, namespaceLabels),
  };
}
