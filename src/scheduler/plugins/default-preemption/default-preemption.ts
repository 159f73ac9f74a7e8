/**
 * Makes room for a Pod by deleting Pods of lower priority, where that helps; as few and as unimportant ones as possible.
 * Upstream: pkg/scheduler/framework/plugins/defaultpreemption, pkg/scheduler/framework/preemption
 */
import { timestamp, type Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import type { ApiClient } from '../../../client/client.ts';
import type { Informers } from '../../../client/informers.ts';
import { podCondition } from '../../../resources/core/pod-conditions.ts';
import { pods } from '../../../resources/core/pod.ts';
import { isTerminating } from '../../../resources/core/pod-readiness.ts';
import { podDisruptionBudgets } from '../../../resources/policy/pod-disruption-budget.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { fitMessage } from '../../framework/fit-error.ts';
import type { FilterRun } from '../../framework/filter-run.ts';
import { isRejection, type Diagnosis, type Plugin, type PostFilterResult } from '../../framework/plugin.ts';
import { unresolvable, type Rejection } from '../../framework/rejection.ts';
import type { ClusterState } from '../../state/cluster-state.ts';
import type { NodeInfo } from '../../state/node-info.ts';
import type { Nominations } from '../../state/nominations.ts';
import type { PodInfo } from '../../state/pod-info.ts';
import { cheapest } from './choose.ts';
import { budgetOf } from './disruption-budget.ts';
import { selectVictims, type Victims } from './victims.ts';

const name = 'DefaultPreemption';
/** The reason of the DisruptionTarget condition. */
const preempted = 'PreemptionByScheduler';
const notHelpful = unresolvable(name, 'Preemption is not helpful for scheduling');

/** Who may strike nodes and victims from the list. */
export interface VictimChoosers {
  preempts(pod: PodInfo): boolean;
  preempt(pod: PodInfo, candidates: readonly Victims[]): Promise<readonly Victims[]>;
}

export interface PreemptionParts {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly cluster: ClusterState;
  readonly nominations: Nominations;
  readonly extenders: VictimChoosers;
  /** The search ends when so many percent of the nodes are found, and so many at least. */
  readonly limits: { readonly percentage: number; readonly absolute: number };
  /** Takes the nomination of a Pod back in its status. */
  withdraw(pod: corev1.Pod): Promise<void>;
  /** Tells people that a Pod had to go. */
  announce(victim: corev1.Pod, preemptor: corev1.Pod, nodeName: string): void;
}

export function defaultPreemption(parts: PreemptionParts): Plugin {
  const budgets = parts.informers.of(podDisruptionBudgets);
  return {
    name,
    postFilter: (pod, cluster, diagnosis): PostFilterResult | Promise<PostFilterResult> => {
      const why = notEligible(pod, cluster, parts.nominations, diagnosis);
      if (why !== undefined) return { message: `preemption: ${why}` };
      const byNode = new Map<string, Rejection>();
      const found = diagnosis.run ? candidates(diagnosis.run, diagnosis, { parts, byNode, budgets: budgets.list().map(budgetOf) }) : [];
      const decide = (left: readonly Victims[]): PostFilterResult => {
        const victims = cheapest(left);
        if (victims) return { message: '', nominatedNode: victims.node.name, act: () => preempt(pod, victims, parts) };
        const { numberOfNodes } = diagnosis;
        return { nominatedNode: '', message: `preemption: ${fitMessage({ numberOfNodes, byNode, others: notHelpful, beforeNodes: undefined })}` };
      };
      return found.length > 0 && parts.extenders.preempts(pod) ? parts.extenders.preempt(pod, found).then(decide) : decide(found);
    },
  };
}

function notEligible(pod: PodInfo, cluster: ClusterState, nominations: Nominations, diagnosis: Diagnosis): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = cluster.node(nominations.nodeOf(pod.uid) ?? '');
  if (!nominated || diagnosis.byNode.get(nominated.name)?.code === 'unresolvable') return undefined;
  const isUnderWay = [...nominated.pods.values()].some((other) => other.priority < pod.priority && isPreempted(other.pod));
  return isUnderWay ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

/** Whether a Pod is on its way out because a scheduler made it go. */
function isPreempted(pod: corev1.Pod): boolean {
  const target = podCondition(pod, 'DisruptionTarget');
  return isTerminating(pod) && target?.status === 'True' && target.reason === preempted;
}

interface CandidateSearch {
  readonly parts: PreemptionParts;
  readonly byNode: Map<string, Rejection>;
  readonly budgets: Parameters<typeof selectVictims>[2];
}

/** Beginning anywhere, the first so many nodes where deleting Pods would help. */
function candidates(run: FilterRun, diagnosis: Diagnosis, { parts, byNode, budgets }: CandidateSearch): Victims[] {
  const nodes = [...diagnosis.byNode].flatMap(([nodeName, { code }]): NodeInfo[] => (code === 'unschedulable' ? [parts.cluster.node(nodeName)].filter((node) => node !== undefined) : []));
  const { percentage, absolute } = parts.limits;
  const enough = Math.max(absolute, Math.floor((diagnosis.numberOfNodes * percentage) / 100));
  const start = nodes.length > 1 ? parts.random.below(nodes.length) : 0;
  const found: Victims[] = [];
  let withoutViolation = false;
  for (let i = 0; i < nodes.length && !(found.length >= enough && withoutViolation); i++) {
    const node = nodes[(start + i) % nodes.length];
    if (!node) continue;
    const victims = selectVictims(run, node, budgets);
    if (isRejection(victims)) byNode.set(node.name, victims);
    else {
      found.push(victims);
      withoutViolation ||= victims.violations === 0;
    }
  }
  return found;
}

async function preempt(pod: PodInfo, { node, pods: victims }: Victims, { client, clock, nominations, withdraw, announce }: PreemptionParts): Promise<void> {
  // Lesser Pods that hoped for this node must look again.
  const outdone = nominations.on(node.name).filter(({ priority }) => priority < pod.priority);
  for (const other of outdone) nominations.clear(other.uid);
  await Promise.all(outdone.map((other) => unless(() => withdraw(other.pod), isNotFound)));
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: preempted,
    message: `${pod.pod.spec?.schedulerName ?? 'default-scheduler'}: preempting to accommodate a higher priority pod`,
    lastProbeTime: null,
    lastTransitionTime: timestamp(clock.now()),
  };
  await Promise.all(
    victims.map(async (victim) => {
      if (isTerminating(victim.pod)) return;
      const own = client.of(pods).namespace(victim.namespace);
      try {
        await own.patch(victim.name, 'strategic', { metadata: { uid: victim.uid }, status: { conditions: [condition] } }, { subresource: 'status' });
        await own.delete(victim.name, { preconditions: { uid: victim.uid } });
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) return;
        throw error;
      }
      announce(victim.pod, pod.pod, node.name);
    }),
  );
}

/** Does something that may fail in a way that is of no matter. */
async function unless(act: () => Promise<void>, harmless: (error: unknown) => boolean): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!harmless(error)) throw error;
  }
}
