/**
 * Which nodes a DaemonSet's Pod belongs on, and the Pod made for one.
 * Upstream: pkg/controller/daemon/daemon_controller.go (NodeShouldRunDaemonPod), pkg/controller/daemon/util/daemonset_util.go
 */
import type { Draft } from '../../apimachinery/object.ts';
import { untoleratedTaint } from '../../resources/core/node-conditions.ts';
import { namedNodes, requiredNodes } from '../../resources/core/node-selector.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

/** Daemons stay through what drives other Pods away. */
function daemonTolerations(spec: corev1.PodSpec | undefined): corev1.Toleration[] {
  const standing = (key: string, effect: string): corev1.Toleration => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect });
  return [
    standing('not-ready', 'NoExecute'),
    standing('unreachable', 'NoExecute'),
    standing('disk-pressure', 'NoSchedule'),
    standing('memory-pressure', 'NoSchedule'),
    standing('pid-pressure', 'NoSchedule'),
    standing('unschedulable', 'NoSchedule'),
    ...(spec?.hostNetwork === true ? [standing('network-unavailable', 'NoSchedule')] : []),
  ];
}

export interface Placement {
  /** A Pod should be started here. */
  readonly start: boolean;
  /** One that runs here may stay. */
  readonly stay: boolean;
}

export function placementOn(node: corev1.Node, template: corev1.PodTemplateSpec | undefined): Placement {
  const spec = template?.spec;
  const { name = '', labels = {} } = node.metadata;
  const fits = (requiredNodes(spec)?.({ name, labels }) ?? true) && (!spec?.nodeName || spec.nodeName === name);
  if (!fits) return { start: false, stay: false };
  const tolerations = [...(spec?.tolerations ?? []), ...daemonTolerations(spec)];
  const stay = untoleratedTaint(node.spec?.taints, tolerations, ['NoExecute']) === undefined;
  return { stay, start: stay && untoleratedTaint(node.spec?.taints, tolerations, ['NoSchedule']) === undefined };
}

/** Ties a Pod to a node by affinity: it is the scheduler that places it. */
export function tieToNode(pod: Draft<corev1.Pod>, node: string): void {
  const spec = (pod.spec ??= { containers: [] });
  for (const toleration of daemonTolerations(spec as corev1.PodSpec)) {
    const told = (spec.tolerations ?? []).some(({ key, effect, operator }) => key === toleration.key && effect === toleration.effect && operator === toleration.operator);
    if (!told) (spec.tolerations ??= []).push(toleration);
  }
  const only = { key: 'metadata.name', operator: 'In', values: [node] };
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const terms = (required?.nodeSelectorTerms ?? []).map((term) => ({ ...term, matchFields: [only] }));
  spec.affinity = {
    ...spec.affinity,
    nodeAffinity: { ...spec.affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms.length > 0 ? terms : [{ matchFields: [only] }] } },
  };
}

/** The node a daemon Pod is on or meant for. */
export function nodeOf(pod: corev1.Pod): string {
  if (pod.spec?.nodeName) return pod.spec.nodeName;
  return [...(namedNodes(pod.spec) ?? [])][0] ?? '';
}
