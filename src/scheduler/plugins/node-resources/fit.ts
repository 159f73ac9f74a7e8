/** A node must have room for what a Pod requests; emptier nodes are liked better. Upstream: pkg/scheduler/framework/plugins/noderesources */
import { podRequests } from '../../../resources/core/pod-requests.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { nodeBefore, nodeThatMayFit } from '../../framework/cluster-event.ts';
import type { FilterPlan, Plugin } from '../../framework/plugin.ts';
import { unresolvable, unschedulable, type Rejection } from '../../framework/rejection.ts';
import { amountOf, amountsOf, type Amounts } from '../../state/amounts.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import { leastAllocated, strategyScore, type ScoringStrategy } from './scoring-strategy.ts';

const name = 'NodeResourcesFit';

export interface FitOptions {
  readonly strategy?: ScoringStrategy;
  /** Extended resources that others look after: 'example.com/foo', or all of 'example.com'. */
  readonly ignoredResources?: ReadonlySet<string>;
  readonly ignoredGroups?: ReadonlySet<string>;
  /** Whether devices may stand for an extended resource on nodes that do not offer it. */
  readonly isDeviceBacked?: (resource: string) => boolean;
}

export function nodeResourcesFit({ strategy = leastAllocated, ignoredResources, ignoredGroups, isDeviceBacked = () => false }: FitOptions = {}): Plugin {
  const isIgnored = (resource: string): boolean => (ignoredResources?.has(resource) ?? false) || (resource.includes('/') && (ignoredGroups?.has(resource.split('/')[0] ?? '') ?? false));
  const withoutIgnored = (requests: Amounts): Amounts => ([...requests.scalars.keys()].some(isIgnored) ? { ...requests, scalars: new Map([...requests.scalars].filter(([resource]) => !isIgnored(resource))) } : requests);
  const lacking = (requests: Amounts, node: NodeInfo): Rejection | undefined => (hasRoom(requests, node) ? undefined : shortage(requests, node, isDeviceBacked));
  return {
    name,
    filter: ({ requests }): FilterPlan => {
      const counted = withoutIgnored(requests);
      return { filter: (node) => lacking(counted, node) };
    },
    score: (pod) => ({ score: strategyScore(strategy, pod) }),
    wakes: (event, { requests }) => {
      if (event.type === 'pod-gone') return true;
      if (event.type === 'device-class-changed') return requests.scalars.size > 0;
      if (event.type === 'pod-resized' || event.type === 'self-changed') return freesSome(requests, event);
      const node = nodeThatMayFit(event, 'allocatable');
      if (node === undefined || lacking(withoutIgnored(requests), node) !== undefined) return false;
      const before = nodeBefore(event);
      return before === undefined || hasMoreOf(requests, node, before);
    },
  };
}

const requested = (requests: Amounts): string[] => ['cpu', 'memory', 'ephemeral-storage', ...requests.scalars.keys()].filter((resource) => amountOf(requests, resource) > 0);

/** Whether a changed Pod asks for less of something that is wanted. */
function freesSome(wanted: Amounts, { pod, old }: { readonly pod: corev1.Pod; readonly old: corev1.Pod }): boolean {
  const [now, before] = [amountsOf(podRequests(pod.spec)), amountsOf(podRequests(old.spec))];
  const resources = pod.metadata.uid === old.metadata.uid ? new Set([...requested(wanted), ...requested(before)]) : requested(wanted);
  return [...resources].some((resource) => amountOf(now, resource) < amountOf(before, resource));
}

/** Whether a node that changed has more than before of something that is wanted. */
const hasMoreOf = (wanted: Amounts, node: NodeInfo, before: NodeInfo): boolean =>
  node.allowedPods > before.allowedPods || requested(wanted).some((resource) => amountOf(node.allocatable, resource) > amountOf(before.allocatable, resource));

/** The common case, told without making anything: asked of thousands of nodes for each Pod. */
function hasRoom({ cpu, memory, ephemeralStorage, scalars }: Amounts, { pods, allowedPods, requested, allocatable }: NodeInfo): boolean {
  return (
    scalars.size === 0 &&
    pods.size < allowedPods &&
    (cpu === 0 || cpu <= allocatable.cpu - requested.cpu) &&
    (memory === 0 || memory <= allocatable.memory - requested.memory) &&
    (ephemeralStorage === 0 || ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage)
  );
}

/** What a node is short of for a Pod. */
function shortage(requests: Amounts, node: NodeInfo, isDeviceBacked: (resource: string) => boolean): Rejection | undefined {
  let reasons: string[] | undefined;
  let never = false;
  const demand = (resource: string, wanted: number, used: number, capacity: number): void => {
    if (wanted <= 0 || wanted <= capacity - used) return;
    (reasons ??= []).push(`Insufficient ${resource}`);
    if (wanted > capacity) never = true;
  };
  if (node.pods.size + 1 > node.allowedPods) reasons = ['Too many pods'];
  const { requested, allocatable } = node;
  demand('cpu', requests.cpu, requested.cpu, allocatable.cpu);
  demand('memory', requests.memory, requested.memory, allocatable.memory);
  demand('ephemeral-storage', requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage);
  for (const [resource, wanted] of requests.scalars) {
    const capacity = allocatable.scalars.get(resource) ?? 0;
    if (capacity > 0 || !isDeviceBacked(resource)) demand(resource, wanted, requested.scalars.get(resource) ?? 0, capacity);
  }
  if (reasons === undefined) return undefined;
  return never ? unresolvable(name, ...reasons) : unschedulable(name, ...reasons);
}
