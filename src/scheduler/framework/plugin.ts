/**
 * The scheduler's extension points. A plugin has a part in as many of them as it needs.
 *
 * For one Pod's scheduling cycle a plugin makes a plan: what can be computed once is computed while the plan is made, and the plan is
 * then asked about node after node. No plan means that the plugin has nothing to say about this Pod. Plans are made, asked and thrown away
 * within one turn of the event loop, so the cluster state stands still under them.
 *
 * Order: mayEnter → filter → (postFilter when nothing fits) → score → reserve → permit → Reservation.prepare → ready → bind.
 * Upstream: k8s.io/kube-scheduler/framework
 */
import type { ClusterState } from '../state/cluster-state.ts';
import type { NodeInfo } from '../state/node-info.ts';
import type { PodInfo } from '../state/pod-info.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { FilterRun } from './filter-run.ts';
import type { Rejection } from './rejection.ts';

export interface FilterPlan {
  /** The only nodes worth looking at. */
  readonly nodeNames?: ReadonlySet<string> | undefined;
  /** Undefined: the Pod may go there. */
  filter?(node: NodeInfo): Rejection | undefined;
  /** Keeps the plan true while a Pod is put on a node, or taken off, to see what would be. */
  podAdded?(pod: PodInfo, node: NodeInfo): void;
  podRemoved?(pod: PodInfo, node: NodeInfo): void;
}

export interface ScorePlan {
  /** Higher is better; from 0 to 100 unless `normalize` brings it there. */
  score(node: NodeInfo): number;
  /** Changes the scores in place. */
  normalize?(scores: number[]): void;
}

/** What a plugin holds for a Pod whose node is chosen. */
export interface Reservation {
  /** Writes that must be made before the Pod is bound. Throws when they cannot be made. */
  prepare?(): Promise<void>;
  /** Waits, as long as it takes, for what others must do before the Pod is bound. Throws when they will not. */
  ready?(signal: AbortSignal): Promise<void>;
  /** Gives up what is held; called when the Pod is not bound after all. A promise where something was written that must be taken back. */
  release(): void | Promise<void>;
}

export interface PostFilterResult {
  /** Room will be made there. Empty: an earlier nomination is void. Undefined: nothing changes. */
  readonly nominatedNode?: string;
  /** Where neither room is made nor a nomination changed, the next plugin is asked, and both messages are told. */
  readonly message: string;
  /** Makes the room. */
  act?(): Promise<void>;
}

/** How the search for a node failed. */
export interface Diagnosis {
  readonly numberOfNodes: number;
  /** Nodes that were looked at. */
  readonly byNode: ReadonlyMap<string, Rejection>;
  /** For the nodes that are not in `byNode`. */
  readonly others: Rejection;
  /** Said of the Pod as a whole, before any node was looked at. */
  readonly beforeNodes: Rejection | undefined;
  readonly plugins: ReadonlySet<string>;
  /** Absent when a plugin refused the Pod before. */
  readonly run: FilterRun | undefined;
}

export interface Plugin {
  readonly name: string;
  /** Whether a Pod may be queued at all. */
  mayEnter?(pod: PodInfo): Rejection | undefined;
  /** Which of two Pods goes first: below zero for the first. Exactly one plugin has this. */
  compare?(a: PodInfo, b: PodInfo): number;
  filter?(pod: PodInfo, cluster: ClusterState): FilterPlan | Rejection | undefined;
  /** A promise only where others must be asked: time passes then, and the cluster changes. */
  postFilter?(pod: PodInfo, cluster: ClusterState, diagnosis: Diagnosis): PostFilterResult | Promise<PostFilterResult> | undefined;
  score?(pod: PodInfo, cluster: ClusterState, feasible: readonly NodeInfo[]): ScorePlan | undefined;
  reserve?(pod: PodInfo, node: NodeInfo): Reservation | Rejection | undefined;
  /** May wait for others to agree. */
  permit?(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<Rejection | undefined>;
  /** The first plugin that has this binds. Throws when the API refuses. */
  bind?(pod: PodInfo, nodeName: string): Promise<void>;
  /** Whether an event may let a Pod that this plugin refused go through now. Without it: every event may. */
  wakes?(event: ClusterEvent, pod: PodInfo): boolean;
}

export function isRejection(value: object | undefined): value is Rejection {
  return value !== undefined && 'reasons' in value;
}
