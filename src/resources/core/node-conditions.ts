/** What a Node's conditions, labels and addresses say: questions of several rooms. */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../types/core-v1.ts';

export function nodeCondition(node: corev1.Node, type: string): corev1.NodeCondition | undefined {
  return node.status?.conditions?.find((condition) => condition.type === type);
}

export const isNodeReady = (node: corev1.Node): boolean => nodeCondition(node, 'Ready')?.status === 'True';

/** Sets a condition in a draft of a status; lastTransitionTime moves only when the status changes. */
export function setNodeCondition(status: Draft<corev1.NodeStatus>, condition: corev1.NodeCondition, now: string): void {
  const conditions = (status.conditions ??= []);
  const i = conditions.findIndex(({ type }) => type === condition.type);
  const old = conditions[i];
  const moved = old === undefined || old.status !== condition.status;
  const next = { ...condition, lastHeartbeatTime: condition.lastHeartbeatTime ?? now, lastTransitionTime: moved ? (condition.lastTransitionTime ?? now) : (old.lastTransitionTime ?? now) };
  if (i < 0) conditions.push(next);
  else conditions[i] = next;
}

export function nodeAddress(node: corev1.Node, type: 'InternalIP' | 'ExternalIP' | 'Hostname'): string | undefined {
  return node.status?.addresses?.find((address) => address.type === type)?.address;
}

const rolePrefix = 'node-role.kubernetes.io/';

/** The roles in a Node's labels, sorted. */
export function nodeRoles(node: corev1.Node): string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix)) {
      const role = key.slice(rolePrefix.length);
      if (role !== '') roles.add(role);
    } else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].sort();
}

/** Whether a Pod's toleration lets it stand a taint. */
export function tolerates(toleration: corev1.Toleration, taint: corev1.Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return (toleration.operator === undefined || toleration.operator === '' || toleration.operator === 'Equal') && (toleration.value ?? '') === (taint.value ?? '');
}

/** The first taint of the given effects that no toleration stands. */
export function untoleratedTaint(taints: readonly corev1.Taint[] | undefined, tolerations: readonly corev1.Toleration[] | undefined, effects: readonly string[]): corev1.Taint | undefined {
  return (taints ?? []).find((taint) => effects.includes(taint.effect) && !(tolerations ?? []).some((toleration) => tolerates(toleration, taint)));
}
