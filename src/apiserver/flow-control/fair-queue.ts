/**
 * Queues that are served by the work they have had: each has a place in virtual time, which its requests push on by their seats and
 * seconds, and the one that would be furthest behind comes next. Upstream: k8s.io/apiserver/pkg/util/flowcontrol/fairqueuing/queueset
 */
import type { Visit } from './visit.ts';
import type { WorkEstimate } from './work-estimate.ts';

/** How long (s) a request is taken to run before it is known. */
const guessedSeconds = 0.003;

/** Seat-seconds that a request is taken to cost. */
const guessedWork = ({ initialSeats, finalSeats, additionalMs }: WorkEstimate): number => initialSeats * guessedSeconds + (finalSeats * additionalMs) / 1000;

export class FairQueue {
  readonly index: number;
  readonly waiting: Visit[] = [];
  executing = 0;
  seatsInUse = 0;
  /** Where in virtual time (seat-seconds) its next request begins. */
  nextStart = 0;

  constructor(index: number) {
    this.index = index;
  }

  /** Puts a request at the end. One that has stood empty begins where the others are now. */
  push(visit: Visit, virtualNow: number): void {
    if (this.waiting.length === 0 && this.executing === 0) this.nextStart = virtualNow;
    visit.queue = this;
    this.waiting.push(visit);
  }

  remove(visit: Visit): void {
    this.waiting.splice(this.waiting.indexOf(visit), 1);
  }

  /** Where its first request would end. */
  get nextEnd(): number {
    const first = this.waiting[0];
    return first === undefined ? Infinity : this.nextStart + guessedWork(first.work);
  }

  /** Takes the first request out to run. */
  shift(): Visit | undefined {
    const first = this.waiting.shift();
    if (first === undefined) return undefined;
    this.nextStart += guessedWork(first.work);
    this.executing++;
    this.seatsInUse += first.seats;
    return first;
  }

  /** A request that ran so long (ms) has answered; the guess is put right. */
  answered(visit: Visit, ranMs: number): void {
    this.nextStart += visit.work.initialSeats * (ranMs / 1000 - guessedSeconds);
  }

  /** A request's last seat is free. */
  left(visit: Visit): void {
    this.executing--;
    this.seatsInUse -= visit.seats;
  }

  /** Seat-seconds of what waits. */
  get waitingWork(): number {
    return this.waiting.reduce((sum, { work }) => sum + guessedWork(work), 0);
  }
}

/** Different queues out of so many, always the same for a flow. */
export function hand(flow: string, queues: number, size: number): number[] {
  let entropy = hash(flow);
  const rest = Array.from({ length: queues }, (_, i) => i);
  const dealt: number[] = [];
  for (let i = 0; i < Math.min(size, queues); i++) {
    dealt.push(...rest.splice(entropy % rest.length, 1));
    entropy = Math.imul(entropy ^ (entropy >>> 15), 0x2c1b3c6d) >>> 0;
  }
  return dealt;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
