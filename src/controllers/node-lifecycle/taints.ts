/** The taints that a Node's conditions call for. Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go */
import { nodeCondition } from '../../resources/core/node-conditions.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const scheduleKeys = new Set([notReady, unreachable, unschedulable, ...Object.values(pressures)]);
const executeKeys = new Set([notReady, unreachable]);

/** What drives Pods away: 'added' where the conditions ask for it, 'kept' where the node has it already, never put on; 'removed'. */
export type Eviction = 'added' | 'kept' | 'removed';

export const isGivenUp = (node: corev1.Node): boolean => (node.spec?.taints ?? []).some(({ key, effect }) => effect === 'NoExecute' && executeKeys.has(key));

/** The Node's taints as they should be: those of others untouched, ours as the conditions say. `now`: a timestamp. */
export function wantedTaints(node: corev1.Node, eviction: Eviction, now: string): readonly corev1.Taint[] {
  const execute = eviction === 'added' || (eviction === 'kept' && isGivenUp(node));
  const wanted = taintsFor(node).filter(({ effect }) => effect !== 'NoExecute' || execute);
  const present = node.spec?.taints ?? [];
  const isOurs = ({ key, effect }: corev1.Taint): boolean => (effect === 'NoSchedule' && scheduleKeys.has(key)) || (effect === 'NoExecute' && executeKeys.has(key));
  const kept = present.filter((taint) => !isOurs(taint) || wanted.some((other) => same(taint, other)));
  const added = wanted.filter((taint) => !present.some((other) => same(taint, other)));
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: now }))];
}

function taintsFor(node: corev1.Node): corev1.Taint[] {
  const taints: corev1.Taint[] = [];
  const ready = nodeCondition(node, 'Ready');
  const key = ready?.status === 'False' ? notReady : ready?.status === 'Unknown' ? unreachable : undefined;
  if (key !== undefined) taints.push({ key, effect: 'NoSchedule' }, { key, effect: 'NoExecute' });
  for (const [type, pressure] of Object.entries(pressures)) if (nodeCondition(node, type)?.status === 'True') taints.push({ key: pressure, effect: 'NoSchedule' });
  if (node.spec?.unschedulable === true) taints.push({ key: unschedulable, effect: 'NoSchedule' });
  return taints;
}

const same = (a: corev1.Taint, b: corev1.Taint): boolean => a.key === b.key && a.effect === b.effect;
