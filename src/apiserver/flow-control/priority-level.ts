/**
 * The requests of one priority level: so many seats may be taken at a time, and who finds none waits in a queue. A flow is dealt a hand
 * of queues and waits in the one with the least work, so that a flow with many requests does not keep out one with few. A request that
 * is wider than the level's seats runs alone.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/fairqueuing/queueset
 */
import type { Clock } from '../../base/clock.ts';
import { FairQueue, hand } from './fair-queue.ts';
import type { Refusal } from './flow-tally.ts';
import { SeatDemand } from './seat-demand.ts';
import type { SeatLimits } from './seat-limits.ts';
import type { Visit } from './visit.ts';

export interface LevelShape {
  readonly limits: SeatLimits;
  /** 0: what cannot run is refused at once. */
  readonly queues: number;
  readonly handSize: number;
  readonly queueLength: number;
  /** Never holds anybody up. */
  readonly exempt: boolean;
}

export interface Patience {
  readonly ms: number;
  /** Aborts when the client goes away; asked for only when there is a wait. */
  readonly signal?: () => AbortSignal;
}

export class PriorityLevel {
  readonly name: string;
  readonly demand: SeatDemand;
  readonly #clock: Clock;
  readonly #queues: FairQueue[] = [];
  readonly #executing = new Set<Visit>();
  #shape: LevelShape;
  #virtualNow = 0;
  #turn = 0;
  #waiting = 0;
  #seatsInUse = 0;
  /** Seats at the moment, between the lower and the upper limit. */
  currentLimit: number;
  /** The figures that the last sharing out of seats went by. */
  target = 0;
  /** Its configuration is gone; it stays until it is empty. */
  quiescing = false;
  noAccommodation = 0;

  constructor(name: string, shape: LevelShape, clock: Clock) {
    this.name = name;
    this.#shape = shape;
    this.#clock = clock;
    this.demand = new SeatDemand(clock.monotonic());
    const { nominal, lower } = shape.limits;
    this.currentLimit = nominal - Math.floor((nominal - lower) / 2);
    this.reshape(shape);
  }

  get shape(): LevelShape {
    return this.#shape;
  }

  /** Takes on another shape; who waits keeps waiting. */
  reshape(shape: LevelShape): void {
    this.#shape = shape;
    const queues = this.#queues;
    while (queues.length < shape.queues) queues.push(new FairQueue(queues.length));
    while (queues.length > shape.queues && queues.at(-1)?.waiting.length === 0) queues.pop();
    this.dispatch();
  }

  get queues(): readonly FairQueue[] {
    return this.#queues;
  }

  get executing(): ReadonlySet<Visit> {
    return this.#executing;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get running(): number {
    return this.#executing.size;
  }

  get seatsInUse(): number {
    return this.#seatsInUse;
  }

  get idle(): boolean {
    return this.#waiting === 0 && this.#executing.size === 0;
  }

  /** The widest that a request may be; undefined: as wide as any. */
  get widest(): number | undefined {
    const { queues, handSize, limits: { nominal } } = this.#shape;
    return queues === 0 ? undefined : Math.max(1, Math.min(Math.ceil(nominal * 0.15), Math.floor(nominal / handSize)));
  }

  /** Takes seats, now (undefined) or after waiting; they are given back by `leave`. Tells why it was refused, if it was. */
  enter(visit: Visit, patience: Patience): Refusal | undefined | Promise<Refusal | undefined> {
    if (this.#shape.exempt || (this.#waiting === 0 && this.#fits(visit))) {
      this.demand.add(visit.seats, visit.arrived);
      this.#sit(visit, visit.arrived);
      return undefined;
    }
    const refusal = this.#shape.queues === 0 ? 'concurrency-limit' : this.#queue(visit);
    if (refusal === undefined) return this.#wait(visit, patience);
    visit.tally.refuse(refusal);
    return refusal;
  }

  /** The request has answered. Seats that its events take are free a little later. */
  leave(visit: Visit): void {
    const now = this.#clock.monotonic();
    visit.queue?.answered(visit, now - visit.started);
    const { finalSeats, additionalMs } = visit.work;
    if (additionalMs === 0 || this.#shape.exempt) return this.#free(visit, visit.seats, now);
    const over = visit.seats - finalSeats;
    this.#seatsInUse -= over;
    this.demand.add(-over, now);
    this.#clock.after(additionalMs, () => this.#free(visit, finalSeats, this.#clock.monotonic()));
    if (over > 0) this.dispatch();
  }

  /** Lets those run who can. */
  dispatch(): void {
    while (this.#waiting > 0) {
      const queue = this.#nextQueue();
      const first = queue?.waiting[0];
      if (queue === undefined || first === undefined) return;
      if (!this.#fits(first)) {
        this.noAccommodation++;
        return;
      }
      this.#virtualNow = Math.max(this.#virtualNow, queue.nextStart);
      queue.shift();
      this.#unqueue(first);
      this.#sit(first, this.#clock.monotonic());
      first.begin?.();
    }
  }

  #fits({ seats }: Visit): boolean {
    return seats > this.currentLimit ? this.#executing.size === 0 : this.#seatsInUse + seats <= this.currentLimit;
  }

  #sit(visit: Visit, now: number): void {
    const { tally } = visit;
    visit.started = now;
    this.#executing.add(visit);
    this.#seatsInUse += visit.seats;
    tally.executing++;
    tally.executingSeats += visit.seats;
    tally.dispatched++;
  }

  #free(visit: Visit, seats: number, now: number): void {
    const { tally } = visit;
    if (!this.#executing.delete(visit)) return;
    this.#seatsInUse -= seats;
    this.demand.add(-seats, now);
    tally.executing--;
    tally.executingSeats -= visit.seats;
    visit.queue?.left(visit);
    this.dispatch();
  }

  #queue(visit: Visit): Refusal | undefined {
    let best: FairQueue | undefined;
    let least = Infinity;
    for (const index of hand(`${visit.tally.schema} ${visit.distinguisher}`, this.#shape.queues, this.#shape.handSize)) {
      const queue = this.#queues[index];
      const work = queue === undefined ? Infinity : queue.waitingWork + queue.seatsInUse / 1e3;
      if (work >= least) continue;
      best = queue;
      least = work;
    }
    if (best === undefined || best.waiting.length >= this.#shape.queueLength) return 'queue-full';
    best.push(visit, this.#virtualNow);
    this.#waiting++;
    visit.tally.waiting++;
    visit.tally.waitingSeats += visit.seats;
    this.demand.add(visit.seats, visit.arrived);
    return undefined;
  }

  #unqueue({ tally, seats }: Visit): void {
    this.#waiting--;
    tally.waiting--;
    tally.waitingSeats -= seats;
  }

  #wait(visit: Visit, { ms, signal }: Patience): Promise<Refusal | undefined> {
    return new Promise((resolve) => {
      const left = signal?.();
      const giveUp = (why: Refusal): void => {
        settle();
        visit.queue?.remove(visit);
        this.#unqueue(visit);
        this.demand.add(-visit.seats, this.#clock.monotonic());
        visit.tally.refuse(why);
        resolve(why);
        this.dispatch();
      };
      const cancel = (): void => giveUp('cancelled');
      const timer = this.#clock.after(ms, () => giveUp('time-out'));
      const settle = (): void => {
        timer.cancel();
        left?.removeEventListener('abort', cancel);
      };
      visit.begin = () => {
        settle();
        resolve(undefined);
      };
      left?.addEventListener('abort', cancel, { once: true });
      this.dispatch();
    });
  }

  /** The one whose first request would end first; among equals each in its turn. */
  #nextQueue(): FairQueue | undefined {
    const queues = this.#queues;
    let best: FairQueue | undefined;
    let end = Infinity;
    for (let i = 1; i <= queues.length; i++) {
      const queue = queues[(this.#turn + i) % queues.length];
      if (queue === undefined || queue.nextEnd >= end) continue;
      best = queue;
      end = queue.nextEnd;
    }
    if (best !== undefined) this.#turn = best.index;
    return best;
  }
}
