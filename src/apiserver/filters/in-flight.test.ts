import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MetricsRegistry } from '../../base/metrics.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import { createRegistry } from '../../resources/registry.ts';
import { FlowControl } from '../flow-control/flow-control.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { turn } from '../../base/turn.ts';
import { inFlight, patienceMs } from './in-flight.ts';
import { timeLimit } from './time-limit.ts';

const groups = ['system:authenticated'];
const done: ApiResponse = { type: 'raw', status: 200, headers: {}, body: '' };
const request = (verb: string, options: { groups?: string[]; inProcess?: boolean; subresource?: string } = {}): ApiRequest =>
  ({
    info: { isResource: true, verb, group: '', resource: 'pods', namespace: 'default', subresource: options.subresource ?? '' }, query: new URLSearchParams(), user: { name: 'u', groups: options.groups ?? [] },
    signal: new AbortController().signal,
    ...(options.inProcess ? {} : { exchange: {} }),
  }) as unknown as ApiRequest;

/** No stored objects: the bootstrap schemas and levels hold. */
const controlOf = (clock: SteppedClock, seats: number): FlowControl => new FlowControl({ registry: createRegistry([]), objects: {} as ObjectStore, clock, seats, metrics: new MetricsRegistry() });

test('a level runs so many, lets so many wait, and refuses the rest; administrators, streams and our own pass', async () => {
  const clock = new SteppedClock({ start: 0 });
  const control = controlOf(clock, 1);
  const filter = inFlight(control, new MetricsRegistry());
  const finish: (() => void)[] = [];
  const held = (): Promise<ApiResponse> => new Promise((resolve) => { finish.push(() => resolve(done)); });
  const [plain] = [...control.levels.keys()];
  assert.equal(plain, undefined, 'levels are made with the first request');
  const running = filter(request('get', { groups }), held);
  await turn();
  const level = control.levels.get('global-default');
  assert.equal(level?.running, 1);
  const waiting = Array.from({ length: 310 }, () => filter(request('list', { groups }), held));
  const passing = await Promise.all([
    filter(request('watch', { inProcess: true }), async () => done),
    filter(request('get', { groups: ['system:masters'] }), async () => done),
    filter(request('get', { inProcess: true }), async () => done),
    filter(request('get', { groups, subresource: 'exec' }), async () => done),
  ]);
  assert.deepEqual(passing.map((answer) => (answer.type === 'raw' ? answer.status : 0)), [200, 200, 200, 200]);
  assert.equal(level.waiting, 300, 'a flow waits in six queues of fifty');
  finish.shift()?.();
  await running;
  await turn();
  assert.deepEqual([level.running, level.waiting], [1, 299]);
  await clock.advance(patienceMs);
  finish.shift()?.();
  const codes = (await Promise.all(waiting)).map((answer) => (answer.type === 'raw' ? answer.status : 0));
  assert.deepEqual([codes.filter((code) => code === 200).length, codes.filter((code) => code === 429).length], [1, 309]);
  assert.deepEqual([level.running, level.waiting], [0, 0]);
});

test('a request that takes too long is answered', async () => {
  const clock = new SteppedClock({ start: 0 });
  const filter = timeLimit(clock);
  const slow = filter(request('get'), () => new Promise(() => {}));
  const refused = assert.rejects(slow, { message: 'Timeout: request did not complete within the allotted timeout', code: 504 });
  await clock.advance(60_000);
  await refused;
  assert.equal(await filter(request('get'), async () => done), done);
});

test('a client may ask for less time, not for more', async () => {
  const clock = new SteppedClock({ start: 0 });
  const filter = timeLimit(clock);
  const asking = (timeout: string): ApiRequest => ({ ...request('get'), query: new URLSearchParams({ timeout }) });
  for (const [timeout, ms] of [['1.5s', 1500], ['100ms', 100], ['5m', 60_000], ['0', 60_000]] as const) {
    let refused = false;
    const answer = filter(asking(timeout), () => new Promise(() => {})).catch(() => { refused = true; });
    await clock.advance(ms - 1);
    assert.equal(refused, false, timeout);
    await clock.advance(1);
    await answer;
  }
  await assert.rejects(async () => filter(asking('soon'), async () => done), { code: 400, message: 'invalid timeout specified in the request URL - time: invalid duration "soon"' });
});
