import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { TokenRequest } from '../pod-source.ts';
import { TokenCache } from './token-cache.ts';

const hour = 3600_000;
const request = (uid: string, seconds = 3600): TokenRequest => ({ namespace: 'default', serviceAccount: 'default', audiences: [], expirationSeconds: seconds, pod: { name: 'web', uid } });

/** Tokens are numbered as they are issued. */
function cache(): { tokens: TokenCache; clock: SteppedClock; fail: (how: boolean) => void } {
  const clock = new SteppedClock();
  let issued = 0;
  let failing = false;
  const token = ({ expirationSeconds }: TokenRequest): Promise<{ token: string; expires: number }> =>
    failing ? Promise.reject(new Error('no answer')) : Promise.resolve({ token: String(++issued), expires: clock.now() + expirationSeconds * 1000 });
  return { tokens: new TokenCache({ token }, clock), clock, fail: (how) => (failing = how) };
}

test('a token is renewed when four fifths of its life have gone', async () => {
  const { tokens, clock } = cache();
  assert.equal(await tokens.token(request('a')), '1');
  assert.equal(tokens.dueIn('a'), 0.8 * hour);
  await clock.advance(0.8 * hour);
  assert.equal(await tokens.token(request('a')), '1');
  await clock.advance(1);
  assert.equal(tokens.dueIn('a'), -1);
  assert.equal(await tokens.token(request('a')), '2');
  assert.equal(tokens.dueIn('a'), 0.8 * hour);
});

test('the first of a Pod’s tokens counts, and a day at the most', async () => {
  const { tokens } = cache();
  assert.equal(tokens.dueIn('a'), undefined);
  await tokens.token(request('a', 100 * 24 * 3600));
  assert.equal(tokens.dueIn('a'), 24 * hour);
  await tokens.token(request('a', 7200));
  await tokens.token(request('b', 600));
  assert.equal(tokens.dueIn('a'), 1.6 * hour);
  tokens.forget('a');
  assert.equal(tokens.dueIn('a'), undefined);
  assert.equal(tokens.dueIn('b'), 480_000);
});

test('an old token serves while no new one can be had, until it ends', async () => {
  const { tokens, clock, fail } = cache();
  await tokens.token(request('a'));
  await clock.advance(0.9 * hour);
  fail(true);
  assert.equal(await tokens.token(request('a')), '1');
  await clock.advance(0.2 * hour);
  await assert.rejects(tokens.token(request('a')), /no answer/);
});
