/** The sentence that tells people why a Pod found no node. Upstream: k8s.io/kube-scheduler/framework (FitError) */
import type { Diagnosis } from './plugin.ts';

/** '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: ...' */
export function fitMessage(diagnosis: Pick<Diagnosis, 'numberOfNodes' | 'byNode' | 'others' | 'beforeNodes'>, postFilter = ''): string {
  const { numberOfNodes, byNode, others, beforeNodes } = diagnosis;
  let message = `0/${numberOfNodes} nodes are available:`;
  if (beforeNodes) message += ` ${beforeNodes.reasons.join(', ')}.`;
  else {
    const counts = new Map<string, number>();
    const count = (reasons: readonly string[], by: number): void => {
      for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + by);
    };
    for (const { reasons } of byNode.values()) count(reasons, 1);
    if (byNode.size < numberOfNodes) count(others.reasons, numberOfNodes - byNode.size);
    const parts = [...counts].map(([reason, times]) => `${times} ${reason}`).sort();
    if (parts.length > 0) message += ` ${parts.join(', ')}.`;
  }
  return postFilter === '' ? message : `${message} ${postFilter}`;
}
