/**
 * A Pod's row in a table: above all the one word of STATUS that sums up what it is doing.
 * Upstream: pkg/printers/internalversion/printers.go (printPod)
 */
import { since } from '../age.ts';
import { ageColumn, nameColumn, none, text, wideText, type ColumnOf } from '../columns.ts';
import type { RowCondition } from '../definition.ts';
import { isSidecar } from '../pod-spec/containers.ts';
import type * as corev1 from '../types/core-v1.ts';
import { hasPodCondition, podCondition } from './pod-conditions.ts';
import { isFinalPhase } from './pod-readiness.ts';

export interface PodSummary {
  /** 'Running', 'CrashLoopBackOff', 'Init:0/1', 'Terminating'... */
  readonly status: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  /** RFC 3339; '' when nothing restarted. */
  readonly lastRestart: string;
}

/** Counts restarts and remembers the last. */
class Restarts {
  count = 0;
  last = '';
  add(status: corev1.ContainerStatus): void {
    this.count += status.restartCount;
    const finished = status.lastState?.terminated?.finishedAt ?? '';
    if (finished > this.last) this.last = finished;
  }
}

export function summarizePod(pod: corev1.Pod): PodSummary {
  const initContainers = pod.spec?.initContainers ?? [];
  const total = (pod.spec?.containers ?? []).length + initContainers.filter(isSidecar).length;
  const why = pod.status?.reason || (pod.status?.phase ?? '');
  let status = why;
  if (podCondition(pod, 'PodScheduled')?.reason === 'SchedulingGated') status = 'SchedulingGated';
  const init = summarizeInit(pod);
  let { restarts } = init;
  let ready = init.ready;
  if (init.status !== undefined) status = init.status;
  if (init.status === undefined || hasPodCondition(pod, 'Initialized')) {
    restarts = init.sidecarRestarts;
    const main = summarizeContainers(pod, status, restarts);
    // How the containers of an evicted Pod ended is not what matters: old clusters dropped them from the status.
    status = why === 'Evicted' ? why : main.status;
    ready += main.ready;
  }
  return { status: deletionStatus(pod, status), ready, total, restarts: restarts.count, lastRestart: restarts.last };
}

function deletionStatus(pod: corev1.Pod, status: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return status;
  if (pod.status?.reason === 'NodeLost') return 'Unknown';
  return isFinalPhase(pod.status?.phase) ? status : 'Terminating';
}

interface InitSummary {
  /** Undefined once all init containers are done or, for sidecars, started. */
  readonly status: string | undefined;
  readonly ready: number;
  readonly restarts: Restarts;
  readonly sidecarRestarts: Restarts;
}

function summarizeInit(pod: corev1.Pod): InitSummary {
  const containers = pod.spec?.initContainers ?? [];
  const sidecars = new Set(containers.filter(isSidecar).map(({ name }) => name));
  const restarts = new Restarts();
  const sidecarRestarts = new Restarts();
  let ready = 0;
  for (const [i, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const sidecar = sidecars.has(status.name);
    restarts.add(status);
    if (sidecar) sidecarRestarts.add(status);
    if (status.state?.terminated?.exitCode === 0) continue;
    if (sidecar && status.started === true) {
      if (status.ready) ready += 1;
      continue;
    }
    return { status: initStatus(status, i, containers.length), ready, restarts, sidecarRestarts };
  }
  return { status: undefined, ready, restarts, sidecarRestarts };
}

function initStatus({ state }: corev1.ContainerStatus, done: number, count: number): string {
  if (state?.terminated) return `Init:${endOf(state.terminated)}`;
  const reason = state?.waiting?.reason;
  return reason && reason !== 'PodInitializing' ? `Init:${reason}` : `Init:${done}/${count}`;
}

/** How a container ended, in a word. */
function endOf({ reason, signal, exitCode }: corev1.ContainerStateTerminated): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`);
}

function summarizeContainers(pod: corev1.Pod, before: string, restarts: Restarts): { readonly status: string; readonly ready: number } {
  let status = before;
  let ready = 0;
  let running = false;
  // The first container that has something to say wins, so the last is looked at first.
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    restarts.add(container);
    const { waiting, terminated, running: runs } = container.state ?? {};
    if (waiting?.reason) status = waiting.reason;
    else if (terminated) status = endOf(terminated);
    else if (container.ready && runs) {
      running = true;
      ready += 1;
    }
  }
  if (status === 'Completed' && running) status = hasPodCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  return { status, ready };
}

function restartsText({ restarts, lastRestart }: PodSummary, now: number): string {
  return restarts === 0 || lastRestart === '' ? String(restarts) : `${restarts} (${since(lastRestart, now)} ago)`;
}

/** Cells of one row share one summary. */
const summaries = new WeakMap<corev1.Pod, PodSummary>();
function summaryOf(pod: corev1.Pod): PodSummary {
  let summary = summaries.get(pod);
  if (summary === undefined) {
    summary = summarizePod(pod);
    summaries.set(pod, summary);
  }
  return summary;
}

export const podColumns: readonly ColumnOf<corev1.Pod>[] = [
  nameColumn,
  text('Ready', (pod) => `${summaryOf(pod).ready}/${summaryOf(pod).total}`),
  text('Status', (pod) => summaryOf(pod).status),
  text('Restarts', (pod, now) => restartsText(summaryOf(pod), now)),
  ageColumn,
  wideText('IP', (pod) => pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || none),
  wideText('Node', (pod) => pod.spec?.nodeName || none),
  wideText('Nominated Node', (pod) => pod.status?.nominatedNodeName || none),
  wideText('Readiness Gates', (pod) => {
    const gates = pod.spec?.readinessGates ?? [];
    return gates.length === 0 ? none : `${gates.filter(({ conditionType }) => hasPodCondition(pod, conditionType)).length}/${gates.length}`;
  }),
];

/** A Pod that has run its course says so. */
export function podRowConditions({ status }: corev1.Pod): readonly RowCondition[] {
  const completed = (reason: string, message: string): RowCondition => ({ type: 'Completed', status: 'True', reason, message });
  if (status?.phase === 'Succeeded') return [completed('Succeeded', 'The pod has completed successfully.')];
  return status?.phase === 'Failed' ? [completed('Failed', 'The pod failed.')] : [];
}
