import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { hand } from './fair-queue.ts';
import { FlowTally, type Refusal } from './flow-tally.ts';
import { PriorityLevel, type LevelShape } from './priority-level.ts';
import { RetryAfter } from './retry-after.ts';
import { SeatDemand } from './seat-demand.ts';
import { shareOut } from './seat-limits.ts';
import { Visit, type Visitor } from './visit.ts';
import { oneSeat, type WorkEstimate } from './work-estimate.ts';

const noQueues = { queues: 0, handSize: 0, queueLength: 0, exempt: false };
const queues = { queues: 64, handSize: 6, queueLength: 50, exempt: false };
const limits = (seats: number): LevelShape['limits'] => ({ nominal: seats, lower: seats, upper: seats });

class Room {
  readonly clock = new SteppedClock({ start: 0 });
  readonly level: PriorityLevel;
  readonly tally = new FlowTally('level', 'schema');

  constructor(seats: number, shape: Omit<LevelShape, 'limits'> = queues) {
    this.level = new PriorityLevel('level', { ...shape, limits: limits(seats) }, this.clock);
  }

  visit(flow = 'a', work: WorkEstimate = oneSeat): Visit {
    return new Visit(this.tally, flow, work, {} as Visitor, this.clock.monotonic());
  }

  enter(visit: Visit, signal?: AbortSignal): Refusal | undefined | Promise<Refusal | undefined> {
    return this.level.enter(visit, { ms: 1000, ...(signal === undefined ? {} : { signal: () => signal }) });
  }
}

test('a flow with many requests does not keep out one with few', async () => {
  const room = new Room(1);
  const order: string[] = [];
  let running = room.visit('first');
  assert.equal(room.enter(running), undefined);
  const all = [...Array.from({ length: 40 }, () => 'elephant'), 'mouse'].map(async (flow) => {
    const visit = room.visit(flow);
    await room.enter(visit);
    order.push(flow);
    running = visit;
  });
  for (let i = 0; i < 41; i++) {
    room.level.leave(running);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  await Promise.all(all);
  assert.ok(order.indexOf('mouse') < 10, `the mouse came ${order.indexOf('mouse')}th`);
});

test('flows whose requests are wider or run longer come less often', async () => {
  const room = new Room(10, { ...queues, queues: 2, handSize: 1 });
  const [first, second] = ['a', 'b', 'c', 'd', 'e'].reduce<string[]>((flows, flow) => (flows.some((other) => hand(`schema ${other}`, 2, 1)[0] === hand(`schema ${flow}`, 2, 1)[0]) ? flows : [...flows, flow]), []) as [string, string];
  const wide = { initialSeats: 9, finalSeats: 0, additionalMs: 0 };
  const running: Visit[] = [];
  const block = room.visit('x', { ...wide, initialSeats: 10 });
  void room.enter(block);
  const came: string[] = [];
  const entered = Array.from({ length: 40 }, (_, i) => i % 2).map(async (i) => {
    const visit = room.visit(i === 0 ? first : second, i === 0 ? wide : oneSeat);
    await room.enter(visit);
    came.push(i === 0 ? 'wide' : 'narrow');
    running.push(visit);
  });
  room.level.leave(block);
  for (let i = 0; i < 20; i++) {
    await room.clock.advance(3);
    const done = running.shift();
    if (done) room.level.leave(done);
  }
  const early = came.slice(0, 12);
  assert.ok(early.filter((one) => one === 'narrow').length >= 8, early.join());
  for (let i = 0; i < 40; i++) {
    await room.clock.advance(3);
    for (const done of running.splice(0)) room.level.leave(done);
  }
  await Promise.all(entered);
});

test('a request takes as many seats as it is wide; one that is wider than all runs alone', () => {
  const room = new Room(4, noQueues);
  const wide = (initialSeats: number): Visit => room.visit('a', { initialSeats, finalSeats: 0, additionalMs: 0 });
  const three = wide(3);
  assert.equal(room.enter(three), undefined);
  assert.equal(room.enter(wide(2)), 'concurrency-limit');
  assert.equal(room.enter(wide(9)), 'concurrency-limit');
  room.level.leave(three);
  const nine = wide(9);
  assert.equal(room.enter(nine), undefined);
  assert.equal(room.enter(wide(1)), 'concurrency-limit');
  room.level.leave(nine);
  assert.deepEqual([room.level.seatsInUse, room.level.running, room.tally.executingSeats], [0, 0, 0]);
});

test('the seats for telling watchers stay taken a little after the answer', async () => {
  const room = new Room(5, noQueues);
  const write = room.visit('a', { initialSeats: 1, finalSeats: 4, additionalMs: 10 });
  assert.equal(room.enter(write), undefined);
  assert.equal(room.level.seatsInUse, 4, 'reserved from the beginning');
  room.level.leave(write);
  assert.deepEqual([room.level.seatsInUse, room.enter(room.visit('a', { ...oneSeat, initialSeats: 2 }))], [4, 'concurrency-limit']);
  await room.clock.advance(10);
  assert.deepEqual([room.level.seatsInUse, room.level.idle], [0, true]);
});

test('who waits too long or goes away is let go', async () => {
  const room = new Room(1);
  const first = room.visit();
  void room.enter(first);
  const gone = new AbortController();
  const late = room.enter(room.visit());
  const left = room.enter(room.visit(), gone.signal);
  assert.equal(room.level.waiting, 2);
  gone.abort();
  await room.clock.advance(1000);
  assert.deepEqual([await late, await left, room.level.waiting], ['time-out', 'cancelled', 0]);
  assert.deepEqual([...room.tally.refused], [['cancelled', 1], ['time-out', 1]]);
  room.level.leave(first);
  assert.equal(room.level.idle, true);
});

test('a hand has different queues and is always the same', () => {
  for (const flow of ['a', 'b', 'a long name of a flow']) {
    const dealt = hand(flow, 64, 8);
    assert.deepEqual([new Set(dealt).size, dealt], [8, hand(flow, 64, 8)]);
  }
  assert.deepEqual(hand('x', 3, 8).length, 3);
});

test('the widest request of a level with queues', () => {
  const widest = (seats: number, handSize: number): number | undefined => new Room(seats, { ...queues, handSize }).level.widest;
  assert.deepEqual([widest(245, 6), widest(49, 6), widest(49, 8), widest(5, 6), new Room(245, noQueues).level.widest], [37, 8, 6, 1, undefined]);
});

test('seats are shared out by what is wanted, within bounds', () => {
  const share = (total: number, ...claims: [target: number, lower: number, upper: number][]): number[] =>
    shareOut(total, claims.map(([target, lower, upper]) => ({ target, lower, upper }))).parts.map((part) => Math.round(part * 100) / 100);
  assert.deepEqual(share(60, [10, 0, 100], [20, 0, 100]), [20, 40]);
  assert.deepEqual(share(60, [10, 0, 15], [20, 0, 100]), [15, 45], 'an upper bound');
  assert.deepEqual(share(30, [20, 18, 100], [20, 5, 100]), [18, 12], 'a lower bound');
  assert.deepEqual(share(30, [0, 0, 100], [10, 5, 100]), [0, 30], 'who wants nothing gets next to nothing');
  assert.deepEqual(share(10, [20, 18, 100], [5, 5, 5]), [18, 5], 'no less than the lower bounds');
  assert.deepEqual(share(500, [20, 18, 100], [5, 5, 5]), [100, 5], 'no more than the upper bounds');
});

test('demand is smoothed: it rises at once and falls by half in five minutes', () => {
  const demand = new SeatDemand(0);
  demand.add(10, 0);
  demand.add(-10, 5000);
  demand.endPeriod(10_000);
  assert.deepEqual([demand.average, demand.deviation, demand.highWatermark, demand.smoothed], [5, 5, 10, 10]);
  demand.endPeriod(310_000, 30);
  assert.deepEqual([demand.average, demand.highWatermark], [0, 0]);
  assert.ok(Math.abs(demand.smoothed - 5) < 0.1, String(demand.smoothed));
});

test('clients are asked to stay away longer while many are refused', () => {
  const tracker = new RetryAfter();
  const seconds: number[] = [];
  for (let second = 0; second < 10; second++) {
    for (let i = 0; i < 20; i++) tracker.refused(second * 1000);
    seconds.push(tracker.seconds);
  }
  assert.deepEqual(seconds, [1, 2, 2, 4, 4, 4, 4, 8, 8, 8]);
  for (let second = 100; second < 120; second++) tracker.refused(second * 1000);
  assert.ok(tracker.seconds < 8, String(tracker.seconds));
});
