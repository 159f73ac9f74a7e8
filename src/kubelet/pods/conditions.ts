/** The conditions of a Pod's status. Upstream: pkg/kubelet/status/generate.go */
import { timestamp } from '../../base/clock.ts';
import type { ContainerStatus, Pod, PodCondition, PodStatus } from '../../resources/types/core-v1.ts';
import { initContainers } from './pod-containers.ts';
import type { PodPhase } from './pod-status.ts';

export interface ConditionInputs {
  readonly phase: PodPhase;
  readonly init: readonly ContainerStatus[];
  readonly regular: readonly ContainerStatus[];
  readonly hasSandbox: boolean;
  readonly now: number;
  /** Conditions worked out elsewhere: how far a change of its resources is, why it was evicted. */
  readonly stated?: readonly StatedCondition[] | undefined;
}

/** A condition of the Pod without its times. */
export type StatedCondition = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message' | 'observedGeneration'>;

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const yes: Verdict = { status: 'True' };
const no = (reason?: string, message?: string): Verdict => ({ status: 'False', ...(reason ? { reason } : {}), ...(message ? { message } : {}) });

const owned = ['PodResizePending', 'PodResizeInProgress', 'PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];

/** Conditions that others have set are kept as they are. */
export function podConditions(pod: Pod, inputs: ConditionInputs, old: PodStatus | undefined): readonly PodCondition[] {
  const containers = containersReady(inputs);
  const verdicts: readonly (readonly [string, Verdict])[] = [
    ['PodReadyToStartContainers', inputs.hasSandbox ? yes : no()],
    ['Initialized', initialized(pod, inputs)],
    ['Ready', podReady(pod, containers, old)],
    ['ContainersReady', containers],
    ['PodScheduled', yes],
  ];
  const now = timestamp(inputs.now);
  const own = verdicts.map(([type, verdict]): PodCondition => {
    const before = old?.conditions?.find((condition) => condition.type === type);
    const since = before?.status === verdict.status ? (before.lastTransitionTime ?? now) : now;
    return { type, ...verdict, lastProbeTime: before?.lastProbeTime, lastTransitionTime: since, ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }) };
  });
  const stated = (inputs.stated ?? []).map((condition): PodCondition => {
    const before = old?.conditions?.find(({ type }) => type === condition.type);
    return { ...condition, lastProbeTime: before?.lastProbeTime, lastTransitionTime: before?.lastTransitionTime ?? now };
  });
  const told = new Set([...owned, ...stated.map(({ type }) => type)]);
  return [...stated, ...own, ...(pod.status?.conditions ?? old?.conditions ?? []).filter(({ type }) => !told.has(type))];
}

function initialized(pod: Pod, { init, phase }: ConditionInputs): Verdict {
  if (phase === 'Succeeded') return { ...yes, reason: 'PodCompleted' };
  const incomplete = initContainers(pod).flatMap(({ role, spec }, i) => {
    const status = init[i];
    const passed = role === 'sidecar' ? status?.started === true : status?.ready === true;
    return passed ? [] : [spec.name];
  });
  return incomplete.length === 0 ? yes : no('ContainersNotInitialized', `containers with incomplete status: [${incomplete.join(' ')}]`);
}

function containersReady({ regular, phase }: ConditionInputs): Verdict {
  if (phase === 'Succeeded') return no('PodCompleted');
  if (phase === 'Failed') return no('PodFailed');
  const unready = regular.filter((status) => !status.ready).map(({ name }) => name);
  return unready.length === 0 ? yes : no('ContainersNotReady', `containers with unready status: [${unready.join(' ')}]`);
}

function podReady(pod: Pod, containers: Verdict, old: PodStatus | undefined): Verdict {
  if (containers.status !== 'True') return containers;
  const conditions = pod.status?.conditions ?? old?.conditions ?? [];
  const missing = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = conditions.find((condition) => condition.type === conditionType);
    if (!gate) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return gate.status === 'True' ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  return missing.length === 0 ? yes : no('ReadinessGatesNotReady', missing.join(', '));
}
