/** A node must have room for what a Pod requests; emptier nodes are liked better. Upstream: pkg/scheduler/framework/plugins/noderesources */
import { nodeMayFit } from '../../framework/cluster-event.ts';
import { highestScore } from '../../framework/normalize.ts';
import type { FilterPlan, Plugin } from '../../framework/plugin.ts';
import { unresolvable, unschedulable, type Rejection } from '../../framework/rejection.ts';
import type { Amounts } from '../../state/amounts.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { PodInfo } from '../../state/pod-info.ts';

const name = 'NodeResourcesFit';

export function nodeResourcesFit(): Plugin {
  return {
    name,
    filter: (pod): FilterPlan => ({ filter: (node) => lacking(pod, node) }),
    score: ({ scored }) => ({
      score: (node) => {
        const cpu = freeShare(node.scored.cpu + scored.cpu, node.allocatable.cpu);
        const memory = freeShare(node.scored.memory + scored.memory, node.allocatable.memory);
        const known = (node.allocatable.cpu > 0 ? 1 : 0) + (node.allocatable.memory > 0 ? 1 : 0);
        return known === 0 ? 0 : Math.floor((cpu + memory) / known);
      },
    }),
    wakes: (event) => nodeMayFit(event, 'allocatable') || event.type === 'pod-gone' || event.type === 'pod-shrunk' || event.type === 'self-changed',
  };
}

/** What a node is short of for a Pod. */
function lacking({ requests }: PodInfo, node: NodeInfo): Rejection | undefined {
  return hasRoom(requests, node) ? undefined : shortage(requests, node);
}

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

function shortage(requests: Amounts, node: NodeInfo): Rejection | undefined {
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
  for (const [resource, wanted] of requests.scalars) demand(resource, wanted, requested.scalars.get(resource) ?? 0, allocatable.scalars.get(resource) ?? 0);
  if (reasons === undefined) return undefined;
  return never ? unresolvable(name, ...reasons) : unschedulable(name, ...reasons);
}

/** How much is left, in hundredths. */
function freeShare(used: number, capacity: number): number {
  return capacity <= 0 || used > capacity ? 0 : Math.floor(((capacity - used) * highestScore) / capacity);
}
