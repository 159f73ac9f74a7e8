/**
 * The Pods that wait for a node, in three parts:
 *
 * - active: to be tried now, in the order that the framework gives.
 * - backing off: to be tried when their pause is over (1 s after the first failure, doubling to 10 s), or sooner when nothing else
 *   is to do. After an error (not a refusal) the pause is always waited out.
 * - unschedulable: refused; they wait for an event that concerns the plugin that refused them, and five minutes at most.
 *
 * A Pod that may not enter yet (scheduling gates, claims to come) is among the unschedulable ones, and no time lets it out.
 * Upstream: k8s.io/kubernetes/pkg/scheduler/backend/queue
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { ClusterEvent } from '../framework/cluster-event.ts';
import type { Framework } from '../framework/framework.ts';
import type { PodInfo } from '../state/pod-info.ts';
import { KeyedHeap } from './heap.ts';

export interface QueuedPod {
  pod: PodInfo;
  /** When it last joined the queue, ms. */
  joined: number;
  attempts: number;
  /** No sooner than this, monotonic ms. */
  notBefore: number;
  refusedBy: ReadonlySet<string>;
  gated: boolean;
  readonly order: number;
}

/** What a queue asks plugins. */
export type QueueRules = Pick<Framework, 'mayEnter' | 'compare' | 'wakes'>;

const firstPause = 1000;
const longestPause = 10_000;
const longestWait = 300_000;
const leftoverCheck = 30_000;

export class SchedulingQueue {
  readonly #clock: Clock;
  readonly #framework: QueueRules;
  readonly #active: KeyedHeap<QueuedPod>;
  readonly #pausing = new KeyedHeap<QueuedPod>(keyOf, byEnd);
  /** After errors: never sooner. */
  readonly #failed = new KeyedHeap<QueuedPod>(keyOf, byEnd);
  readonly #unschedulable = new Map<string, QueuedPod>();
  /** Uids of Pods given out and not done. */
  readonly #working = new Set<string>();
  /** What happened since the attempt under way began: its Pod must hear of it when it is refused. */
  #missed: ClusterEvent[] = [];
  #order = 0;
  #taker: ((pod: QueuedPod | undefined) => void) | undefined;
  #pauseTimer: Timer | undefined;
  #leftoverTimer: Timer | undefined;
  #closed = false;

  constructor(options: { readonly clock: Clock; readonly framework: QueueRules }) {
    this.#clock = options.clock;
    this.#framework = options.framework;
    this.#active = new KeyedHeap<QueuedPod>(keyOf, (a, b) => this.#framework.compare(a.pod, b.pod) || a.joined - b.joined || a.order - b.order);
  }

  /** Nothing could be tried now, and nothing is being tried. */
  get idle(): boolean {
    return this.#active.size === 0 && this.#pausing.size === 0 && this.#working.size === 0;
  }

  /** Pods by the part of the queue they are in. */
  get sizes(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return { active: this.#active.size, backoff: this.#pausing.size + this.#failed.size, unschedulable: this.#unschedulable.size };
  }

  /** A Pod that has no node, seen for the first time. */
  add(pod: PodInfo): void {
    if (this.#find(pod.uid) || this.#working.has(pod.uid)) return;
    const queued: QueuedPod = { pod, joined: this.#clock.now(), attempts: 0, notBefore: 0, refusedBy: new Set(), gated: false, order: this.#order++ };
    this.#enter(queued);
  }

  /** A waiting Pod that changed. */
  update(pod: PodInfo): void {
    const queued = this.#find(pod.uid);
    if (!queued) {
      this.add(pod);
      return;
    }
    const old = queued.pod.pod;
    queued.pod = pod;
    if (this.#active.get(pod.uid)) this.#active.set(queued);
    if (!this.#unschedulable.has(pod.uid)) return;
    if (queued.gated || this.#framework.wakes({ type: 'self-changed', pod: pod.pod, old }, pod, queued.refusedBy)) {
      this.#unschedulable.delete(pod.uid);
      this.#awaken(queued);
    }
  }

  /** The present info of a waiting Pod. */
  get(uid: string): PodInfo | undefined {
    return this.#find(uid)?.pod;
  }

  remove(uid: string): void {
    this.#active.delete(uid);
    this.#pausing.delete(uid);
    this.#failed.delete(uid);
    this.#unschedulable.delete(uid);
  }

  /** The next Pod to try, which leaves the queue until `done`; undefined once closed. */
  next(): Promise<QueuedPod | undefined> {
    const queued = this.#take();
    if (queued || this.#closed) return Promise.resolve(queued);
    return new Promise((resolve) => (this.#taker = resolve));
  }

  /** The attempt begins: it sees the cluster as it is now. */
  begin(): void {
    this.#missed = [];
  }

  /** The attempt is over: the Pod was given back before, or is not to be queued. */
  done(uid: string): void {
    this.#working.delete(uid);
    if (this.#working.size === 0) this.#missed = [];
  }

  /** Takes back a Pod that was refused by these plugins. */
  refused(queued: QueuedPod, by: ReadonlySet<string>): void {
    queued.refusedBy = by;
    queued.joined = this.#clock.now();
    queued.notBefore = this.#clock.monotonic() + pauseAfter(queued.attempts);
    if (this.#missed.some((event) => this.#framework.wakes(event, queued.pod, by))) {
      this.#awaken(queued);
      return;
    }
    this.#unschedulable.set(queued.pod.uid, queued);
    this.#watchLeftovers();
  }

  /** Takes back a Pod whose attempt ended in an error. */
  failed(queued: QueuedPod): void {
    if (this.#find(queued.pod.uid)) return;
    queued.refusedBy = new Set();
    queued.joined = this.#clock.now();
    queued.notBefore = this.#clock.monotonic() + pauseAfter(queued.attempts);
    this.#failed.set(queued);
    this.#watchPauses();
  }

  /** Gives the Pods that an event concerns another chance; where `among` is given, of these only. */
  happened(event: ClusterEvent, among?: (pod: PodInfo) => boolean): void {
    if (this.#working.size > 0) this.#missed.push(event);
    for (const queued of this.#unschedulable.values()) {
      if (among?.(queued.pod) === false || !this.#framework.wakes(event, queued.pod, queued.refusedBy)) continue;
      if (queued.gated && this.#framework.mayEnter(queued.pod)) continue;
      this.#unschedulable.delete(queued.pod.uid);
      this.#awaken(queued);
    }
    this.#serve();
  }

  /** Lets a waiting Pod be tried as soon as its pause is over, whatever it waits for. */
  activate(uid: string): void {
    const queued = this.#unschedulable.get(uid);
    if (!queued || queued.gated) return;
    this.#unschedulable.delete(uid);
    this.#awaken(queued);
  }

  close(): void {
    this.#closed = true;
    this.#pauseTimer?.cancel();
    this.#leftoverTimer?.cancel();
    this.#taker?.(undefined);
    this.#taker = undefined;
  }

  #find(uid: string): QueuedPod | undefined {
    return this.#active.get(uid) ?? this.#unschedulable.get(uid) ?? this.#pausing.get(uid) ?? this.#failed.get(uid);
  }

  #enter(queued: QueuedPod): void {
    const gate = this.#framework.mayEnter(queued.pod);
    queued.gated = gate !== undefined;
    if (gate) {
      queued.refusedBy = new Set([gate.plugin]);
      this.#unschedulable.set(queued.pod.uid, queued);
      return;
    }
    this.#active.set(queued);
    this.#serve();
  }

  #awaken(queued: QueuedPod): void {
    if (queued.gated || queued.notBefore <= this.#clock.monotonic()) {
      this.#enter(queued);
      return;
    }
    this.#pausing.set(queued);
    this.#watchPauses();
    this.#serve();
  }

  #take(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#pausing.pop();
    if (!queued) return undefined;
    queued.attempts++;
    this.#working.add(queued.pod.uid);
    return queued;
  }

  #serve(): void {
    if (!this.#taker) return;
    const queued = this.#take();
    if (!queued) return;
    const taker = this.#taker;
    this.#taker = undefined;
    taker(queued);
  }

  #watchPauses(): void {
    this.#pauseTimer?.cancel();
    const end = Math.min(this.#pausing.peek()?.notBefore ?? Infinity, this.#failed.peek()?.notBefore ?? Infinity);
    if (end === Infinity || this.#closed) return;
    this.#pauseTimer = this.#clock.after(Math.max(0, end - this.#clock.monotonic()), () => {
      for (const heap of [this.#pausing, this.#failed]) {
        for (let first = heap.peek(); first && first.notBefore <= this.#clock.monotonic(); first = heap.peek()) {
          heap.pop();
          this.#enter(first);
        }
      }
      this.#watchPauses();
    });
  }

  #watchLeftovers(): void {
    if (this.#leftoverTimer || this.#closed) return;
    this.#leftoverTimer = this.#clock.after(leftoverCheck, () => {
      this.#leftoverTimer = undefined;
      for (const queued of this.#unschedulable.values()) {
        if (queued.gated || this.#clock.now() - queued.joined < longestWait) continue;
        this.#unschedulable.delete(queued.pod.uid);
        this.#awaken(queued);
      }
      if ([...this.#unschedulable.values()].some(({ gated }) => !gated)) this.#watchLeftovers();
    });
  }
}

function keyOf({ pod }: QueuedPod): string {
  return pod.uid;
}

function byEnd(a: QueuedPod, b: QueuedPod): number {
  return a.notBefore - b.notBefore;
}

const pauseAfter = (attempts: number): number => Math.min(longestPause, firstPause * 2 ** Math.max(0, attempts - 1));
