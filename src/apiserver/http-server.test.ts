import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { SteppedClock } from '../base/stepped-clock.ts';
import type { Exchange, ResponseHeaders } from '../transport/exchange.ts';
import type { AnyObject } from '../apimachinery/object.ts';
import { createHttpHandler } from './http-server.ts';

const object = { kind: 'Status', apiVersion: 'v1', metadata: {}, message: 'x'.repeat(200_000) } as unknown as AnyObject;

async function answered(address: string, acceptEncoding: string, answer = object): Promise<{ headers: ResponseHeaders; body: Buffer }> {
  let sent: { headers: ResponseHeaders; body: Buffer } | undefined;
  const handler = createHttpHandler(async () => ({ response: { type: 'object', status: 200, served: undefined, object: answer }, warnings: [], auditId: 'a' }), new SteppedClock({ start: 0 }));
  await handler({
    method: 'GET', rawPath: '/x', query: '', peer: { address }, answered: false,
    headers: { get: (name: string) => (name === 'accept-encoding' ? acceptEncoding : undefined), all: () => [], pairs: () => [] },
    respond: (_status: number, headers: ResponseHeaders, body?: Buffer) => { sent = { headers, body: body ?? Buffer.alloc(0) }; },
  } as unknown as Exchange);
  assert.ok(sent);
  return sent;
}

test('large answers are compressed for clients on other machines that take gzip', async () => {
  const { headers, body } = await answered('192.0.2.1', 'deflate, gzip;q=0.5');
  assert.equal(headers['content-encoding'], 'gzip');
  assert.deepEqual(JSON.parse(gunzipSync(body).toString()), object);
});

for (const [what, address, accepted, answer] of [
  ['on this machine', '127.0.0.1', 'gzip', object],
  ['on this machine, by IPv6', '::1', 'gzip', object],
  ['that take no gzip', '192.0.2.1', 'gzip;q=0', object],
  ['that do not speak of it', '192.0.2.1', '', object],
  ['with small answers', '192.0.2.1', 'gzip', { ...object, message: 'short' }],
] as const) {
  test(`answers are not compressed for clients ${what}`, async () => {
    const { headers, body } = await answered(address, accepted, answer as AnyObject);
    assert.equal(headers['content-encoding'], undefined);
    assert.deepEqual(JSON.parse(body.toString()), answer);
  });
}
