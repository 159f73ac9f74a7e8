import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { createAuthority } from '../../pki/certificate-authority.ts';
import { keepRenewed, type Certificate } from './certificate-renewal.ts';

const hour = 3600_000;

test('a certificate is renewed when four fifths of its life are over, and what fails is tried again', async () => {
  const clock = new SteppedClock();
  const made = (): Certificate => {
    const { certPem, keyPem } = createAuthority({ commonName: 'node', lifetimeMs: 10 * hour, now: clock.now() });
    return { cert: certPem, key: keyPem };
  };
  const used: Certificate[] = [];
  let failing = false;
  let asked = 0;
  const request = async (): Promise<Certificate> => {
    asked += 1;
    if (failing) throw new Error('the API server is away');
    return made();
  };
  const renewal = keepRenewed({ current: made(), request, use: (renewed) => used.push(renewed), clock, logger: silentLogger });
  await clock.advance(7.9 * hour);
  assert.deepEqual([asked, used.length], [0, 0]);
  await clock.advance(0.2 * hour);
  assert.deepEqual([asked, used.length], [1, 1]);
  failing = true;
  await clock.advance(8 * hour);
  assert.ok(asked > 1);
  assert.equal(used.length, 1);
  failing = false;
  await clock.advance(60_000);
  assert.equal(used.length, 2);
  await renewal.close();
  const before = asked;
  await clock.advance(100 * hour);
  assert.equal(asked, before);
});
