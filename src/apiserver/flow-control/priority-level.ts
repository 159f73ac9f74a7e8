/**
 * The requests of one priority level: so many run, others wait in queues that are served in turn, so that a flow with many requests
 * does not keep out one with few. A flow is dealt a hand of queues and waits in the shortest of them.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/fairqueuing/queueset
 */
import type { Clock } from '../../base/clock.ts';

export interface LevelShape {
  /** Requests that may run at a time. */
  readonly seats: number;
  /** Seats it may borrow while others leave theirs empty. */
  readonly borrowable: number;
  /** 0: what cannot run is refused at once. */
  readonly queues: number;
  readonly handSize: number;
  readonly queueLength: number;
}

/** Seats in use over all levels. */
export interface SharedSeats {
  readonly total: number;
  used: number;
}

export type Refusal = 'queue-full' | 'time-out' | 'concurrency-limit';

interface Waiting {
  readonly start: () => void;
}

export class PriorityLevel {
  #shape: LevelShape;
  readonly #shared: SharedSeats;
  readonly #clock: Clock;
  readonly #queues: Waiting[][] = [];
  #next = 0;
  running = 0;

  constructor(shape: LevelShape, shared: SharedSeats, clock: Clock) {
    this.#shape = shape;
    this.#shared = shared;
    this.#clock = clock;
    this.reshape(shape);
  }

  /** Takes on another shape; who waits keeps waiting. */
  reshape(shape: LevelShape): void {
    this.#shape = shape;
    while (this.#queues.length < shape.queues) this.#queues.push([]);
    this.dispatch();
  }

  get waiting(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  /** Takes a seat, now or after waiting; gives it back by `leave`. Resolves to why it was refused, if it was. */
  async enter(flow: string, patienceMs: number): Promise<Refusal | undefined> {
    if (this.waiting === 0 && this.#hasSeat()) {
      this.#sit();
      return undefined;
    }
    if (this.#shape.queues === 0) return 'concurrency-limit';
    const queue = this.#shortest(flow);
    if (queue.length >= this.#shape.queueLength) return 'queue-full';
    return new Promise((resolve) => {
      const timer = this.#clock.after(patienceMs, () => {
        queue.splice(queue.indexOf(waiting), 1);
        resolve('time-out');
      });
      const waiting: Waiting = { start: () => { timer.cancel(); this.#sit(); resolve(undefined); } };
      queue.push(waiting);
    });
  }

  leave(): void {
    this.running--;
    this.#shared.used--;
  }

  /** Lets those run who can, one queue after another. */
  dispatch(): void {
    for (let idle = 0; idle < this.#queues.length && this.#hasSeat(); this.#next = (this.#next + 1) % this.#queues.length) {
      const first = this.#queues[this.#next]?.shift();
      if (first) first.start();
      idle = first ? 0 : idle + 1;
    }
  }

  #hasSeat(): boolean {
    const { seats, borrowable } = this.#shape;
    return this.running < seats || (this.running < seats + borrowable && this.#shared.used < this.#shared.total);
  }

  #sit(): void {
    this.running++;
    this.#shared.used++;
  }

  #shortest(flow: string): Waiting[] {
    let best: Waiting[] | undefined;
    for (const index of hand(flow, this.#shape.queues, this.#shape.handSize)) {
      const queue = this.#queues[index];
      if (queue && (best === undefined || queue.length < best.length)) best = queue;
    }
    return best ?? [];
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
