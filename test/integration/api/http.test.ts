import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { eventually } from '../../harness/bounded.ts';
import { startTestServer, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const maps = '/api/v1/namespaces/default/configmaps';

test('paths, methods and the forms of refusals', async () => {
  const cases: [string, string, number, RegExp][] = [
    ['GET', '/nowhere', 404, /^404 page not found\n$/],
    ['GET', '/apis/no.such/v1/things', 404, /^404 page not found\n$/],
    ['GET', '/logs', 404, /page not found/],
    ['GET', `${maps}/absent`, 404, /"message":"configmaps \\"absent\\" not found"/],
    ['OPTIONS', '/version', 405, /Method Not Allowed/],
    ['POST', '/version', 405, /Method Not Allowed/],
    ['OPTIONS', maps, 405, /"reason":"MethodNotAllowed"/],
    ['GET', '/', 200, /"\/metrics"/],
    ['GET', '/version', 200, /"major":"1"/],
  ];
  for (const [method, url, code, text] of cases) {
    const answer = await server.admin(method, url);
    assert.equal(answer.code, code, `${method} ${url}: ${answer.text}`);
    assert.match(answer.text, text, `${method} ${url}`);
  }
  const head = await server.admin('HEAD', '/api/v1/namespaces/default');
  assert.deepEqual([head.code, head.text, head.headers['content-type']], [200, '', 'application/json']);
});

test('switches in the query are off for 0 and for false in any case, and on for all else', async () => {
  const keeps = async (value: string): Promise<boolean> => (await server.admin('GET', `${maps}?fieldSelector=metadata.name%3Dabsent&timeoutSeconds=1&watch=${value}`)).body['kind'] === undefined;
  for (const [value, on] of [['False', false], ['FALSE', false], ['0', false], ['True', true], ['1', true], ['yes', true]] as const) assert.equal(await keeps(value), on, value);
});

test('every answer has an audit id, warnings come as headers', async () => {
  const answer = await server.admin('GET', '/api/v1/componentstatuses');
  assert.match(String(answer.headers['audit-id']), /^[0-9a-f-]{36}$/);
  assert.equal(answer.headers['warning'], '299 - "v1 ComponentStatus is deprecated in v1.19+"');
  const own = await server.admin('GET', '/version', { headers: { 'audit-id': 'mine' } });
  assert.equal(own.headers['audit-id'], 'mine');
});

test('a body nested too deep is refused, and pretty is pretty', async () => {
  const deep = `{"metadata":{"name":"deep"},"data":${'['.repeat(3000)}${']'.repeat(3000)}}`;
  assert.deepEqual([(await server.admin('POST', maps, { body: deep })).code, (await server.admin('GET', '/healthz')).code], [400, 200]);
  assert.match((await server.admin('GET', '/api/v1/namespaces/default?pretty=true')).text, /\n {2}"kind": "Namespace"/);
  assert.doesNotMatch((await server.admin('GET', '/api/v1/namespaces/default')).text, /\n/);
});

test('metrics count requests', async () => {
  await server.admin('GET', maps);
  const { text, headers } = await server.admin('GET', '/metrics');
  assert.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
  for (const line of [
    /^apiserver_request_total\{verb="LIST",dry_run="",group="",version="v1",resource="configmaps",subresource="",scope="namespace",component="apiserver",code="200"\} \d+$/m,
    /^apiserver_request_duration_seconds_bucket\{.*resource="configmaps".*le="\+Inf"\} \d+$/m,
    /^apiserver_current_inflight_requests\{request_kind="readOnly"\} 1$/m,
    /^apiserver_longrunning_requests\{verb="WATCH".*\} \d+$/m,
    /^process_resident_memory_bytes \d+$/m,
    /^nodejs_eventloop_lag_p99_seconds /m,
  ]) assert.match(text, line);
  assert.equal((await server.as()('GET', '/metrics')).code, 403);
});

test('a watch over a WebSocket', async () => {
  const open = async (): Promise<string> => /^apiserver_longrunning_requests\{verb="WATCH".*resource="configmaps".*\} (\d+)$/m.exec((await server.admin('GET', '/metrics')).text)?.[1] ?? '';
  const before = await open();
  const { agent } = server.admin;
  const socket = new WebSocket(`wss://127.0.0.1:${server.server.port}${maps}?watch=true&fieldSelector=metadata.name%3Dseen`, { agent });
  const seen: unknown[] = [];
  const both = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString()) as { type: string; object: { metadata: { name: string } } };
      seen.push([event.type, event.object.metadata.name]);
      if (seen.length === 2) resolve();
    });
  });
  await new Promise((resolve, reject) => { socket.on('open', resolve); socket.on('error', reject); });
  await server.admin('POST', maps, { body: { metadata: { name: 'seen' } } });
  await server.admin('DELETE', `${maps}/seen`);
  await both;
  assert.deepEqual(seen, [['ADDED', 'seen'], ['DELETED', 'seen']]);
  socket.close();
  await new Promise((resolve) => socket.on('close', resolve));
  await eventually(open, (count) => count === before, { what: 'the watch ending with its client' });
});
