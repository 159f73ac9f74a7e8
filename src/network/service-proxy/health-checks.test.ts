import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { freePort } from '../testing/free-port.ts';
import { HealthChecks } from './health-checks.ts';

test('a health check says how many endpoints the node has', async () => {
  const checks = new HealthChecks('127.0.0.1', silentLogger);
  const port = await freePort();
  const ask = async (): Promise<[number, string | null, unknown]> => {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    return [response.status, response.headers.get('x-load-balancing-endpoint-weight'), await response.json()];
  };
  await checks.set('default/web', { port, localEndpoints: 2 });
  assert.deepEqual(await ask(), [200, '2', { service: { namespace: 'default', name: 'web' }, localEndpoints: 2, serviceProxyHealthy: true }]);
  await checks.set('default/web', { port, localEndpoints: 0 });
  assert.equal((await ask())[0], 503);
  await checks.set('default/web', undefined);
  await assert.rejects(ask());
  await checks.set('default/web', { port, localEndpoints: 1 });
  await checks.set('default/other', { port, localEndpoints: 1 });
  assert.equal((await ask())[0], 200, 'a port that is taken does no harm');
  await checks.close();
});
