/**
 * Whether this node takes a Pod it was given. A refused Pod fails with one of these reasons and never starts.
 * Upstream: pkg/kubelet/lifecycle/predicate.go
 */
import { requiredNodes } from '../../resources/core/node-selector.ts';
import type { Node, Pod } from '../../resources/types/core-v1.ts';
import { millis, wholes } from '../amounts.ts';
import type { Refusal } from '../pods/node-context.ts';
import { isDeleting } from '../pods/pod-containers.ts';
import { isTerminal } from '../pods/pod-status.ts';
import { podRequest, requestedResources } from '../pods/resources.ts';

export interface AdmissionInputs {
  /** As the API has it; unknown early in a node's life, and then only what the machine has counts. */
  readonly node: Node | undefined;
  readonly allocatable: Readonly<Record<string, string>>;
  /** Pods on the node, with or without the one asked about. */
  readonly running: readonly Pod[];
}

const predicateFailed = 'Predicate %s failed';

export function admitPod(pod: Pod, inputs: AdmissionInputs): Refusal | undefined {
  const others = othersThan(pod, inputs.running);
  return wrongSystem(pod) ?? tooMuch(pod, others, inputs.allocatable) ?? wrongNode(pod, inputs.node) ?? portsTaken(pod, others) ?? notTolerated(pod, inputs.node);
}

/** Whether the node could ever hold what the Pod asks for now (Infeasible), and whether it has room for it at present (Deferred). */
export function admitResize(pod: Pod, { running, allocatable }: AdmissionInputs): Refusal | undefined {
  for (const name of ['memory', 'cpu']) {
    const requested = podRequest(pod, name);
    const capacity = name === 'cpu' ? millis(allocatable[name]) : wholes(allocatable[name]);
    if (requested > capacity) return { reason: 'Infeasible', message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}` };
  }
  const refusal = tooMuch(pod, othersThan(pod, running), allocatable);
  return refusal && { reason: 'Deferred', message: refusal.message };
}

const othersThan = (pod: Pod, running: readonly Pod[]): readonly Pod[] =>
  running.filter((other) => other.metadata.uid !== pod.metadata.uid && !isTerminal(other.status?.phase));

function wrongSystem(pod: Pod): Refusal | undefined {
  if (pod.spec?.os === undefined || pod.spec.os.name === 'linux') return undefined;
  return { reason: 'PodOSNotSupported', message: 'Failed to admit pod as the OS field doesn\'t match node OS' };
}

function tooMuch(pod: Pod, others: readonly Pod[], allocatable: AdmissionInputs['allocatable']): Refusal | undefined {
  const pods = wholes(allocatable['pods'] ?? '110');
  if (others.length + 1 > pods) return outOf('pods', 1, others.length, pods);
  const fromClaim = new Set(pod.status?.extendedResourceClaimStatus?.requestMappings.map(({ resourceName }) => resourceName));
  for (const name of [...requestedResources(pod)].sort()) {
    // Devices that a claim has, not what the node offers.
    if (fromClaim.has(name)) continue;
    const requested = podRequest(pod, name);
    const offered = allocatable[name];
    if (requested === 0 || (offered === undefined && name.includes('hugepages'))) continue;
    const capacity = name === 'cpu' ? millis(offered) : wholes(offered);
    const used = others.reduce((sum, other) => sum + podRequest(other, name), 0);
    if (used + requested > capacity) return outOf(name, requested, used, capacity);
  }
  return undefined;
}

const outOf = (name: string, requested: number, used: number, capacity: number): Refusal => ({
  reason: `OutOf${name}`,
  message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
});

function wrongNode(pod: Pod, node: Node | undefined): Refusal | undefined {
  const suits = requiredNodes(pod.spec);
  if (!node || !suits || suits({ name: node.metadata.name ?? '', labels: node.metadata.labels ?? {} })) return undefined;
  return { reason: 'NodeAffinity', message: predicateFailed.replace('%s', 'NodeAffinity') };
}

interface HostPort {
  readonly ip: string;
  readonly port: number;
  readonly protocol: string;
}

function hostPorts(pod: Pod): HostPort[] {
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')];
  return all.flatMap(({ ports = [] }) => ports.flatMap(({ hostPort, hostIP, protocol, containerPort }) => {
    const port = hostPort ?? (pod.spec?.hostNetwork === true ? containerPort : 0);
    return port > 0 ? [{ ip: hostIP || '0.0.0.0', port, protocol: protocol ?? 'TCP' }] : [];
  }));
}

function portsTaken(pod: Pod, others: readonly Pod[]): Refusal | undefined {
  const wanted = hostPorts(pod);
  const taken = wanted.length === 0 ? [] : others.filter((other) => !isDeleting(other) || !isTerminal(other.status?.phase)).flatMap(hostPorts);
  const clash = wanted.some((a) => taken.some((b) => a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0')));
  return clash ? { reason: 'NodePorts', message: predicateFailed.replace('%s', 'NodePorts') } : undefined;
}

function notTolerated(pod: Pod, node: Node | undefined): Refusal | undefined {
  const bad = (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute').some((taint) =>
    !(pod.spec?.tolerations ?? []).some((toleration) =>
      (!toleration.effect || toleration.effect === taint.effect)
      && (!toleration.key ? toleration.operator === 'Exists' : toleration.key === taint.key)
      && (toleration.operator === 'Exists' || (toleration.value ?? '') === (taint.value ?? ''))));
  return bad ? { reason: 'TaintToleration', message: predicateFailed.replace('%s', 'TaintToleration') } : undefined;
}
