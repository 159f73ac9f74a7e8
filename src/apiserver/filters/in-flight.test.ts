import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MetricsRegistry } from '../../base/metrics.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import { inFlight } from './in-flight.ts';
import { timeLimit } from './time-limit.ts';

const done: ApiResponse = { type: 'raw', status: 200, headers: {}, body: '' };
const request = (verb: string, options: { groups?: string[]; inProcess?: boolean; subresource?: string } = {}): ApiRequest =>
  ({
    info: { verb, subresource: options.subresource ?? '' }, query: new URLSearchParams(), user: { name: 'u', groups: options.groups ?? [] },
    ...(options.inProcess ? {} : { exchange: {} }),
  }) as unknown as ApiRequest;

test('reads and writes are bounded apart; administrators, watches and our own pass', async () => {
  const filter = inFlight({ readOnly: 1, mutating: 1 }, new MetricsRegistry());
  let finish = (): void => {};
  const held = new Promise<ApiResponse>((resolve) => { finish = () => resolve(done); });
  const first = filter(request('get'), () => held);
  const codes = await Promise.all([
    filter(request('list'), async () => done),
    filter(request('create'), async () => done),
    filter(request('watch'), async () => done),
    filter(request('get', { groups: ['system:masters'] }), async () => done),
    filter(request('get', { inProcess: true }), async () => done),
    filter(request('get', { subresource: 'exec' }), async () => done),
  ]);
  assert.deepEqual(codes.map((answer) => (answer.type === 'raw' ? answer.status : 0)), [429, 200, 200, 200, 200, 200]);
  finish();
  await first;
  const after = await filter(request('list'), async () => done);
  assert.equal(after, done);
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
