/** Requests made to do harm: each is refused in an ordinary way, and the server answers the next one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { after, afterEach, before, test } from 'node:test';
import { issueCertificate } from '../../src/pki/certificate-authority.ts';
import { temporaryPki } from '../../src/cluster/pki-state.ts';
import { eventually } from '../harness/bounded.ts';
import { startTestServer, type Answer, type TestServer } from '../harness/api-server.ts';

const pki = temporaryPki();
const maps = '/api/v1/namespaces/default/configmaps';
const yaml = { 'content-type': 'application/yaml' };
let server: TestServer;

before(async () => { server = await startTestServer({ pki }); });
after(() => server[Symbol.asyncDispose]());
afterEach(async () => assert.equal((await server.admin('GET', '/readyz')).code, 200));

const post = (body: string, headers: Record<string, string> = {}): Promise<Answer> => server.admin('POST', maps, { body, headers });
const patch = (body: string, type: string, url = '/api/v1/namespaces/default'): Promise<Answer> => server.admin('PATCH', url, { body, headers: { 'content-type': `application/${type}` } });

test('nesting without end, in every format', async () => {
  const deep = 100_000;
  for (const answer of [
    await post(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`), await post('['.repeat(deep)), await post(`${'{a: '.repeat(deep)}1${'}'.repeat(deep)}`, yaml), await post('- '.repeat(deep), yaml),
    await patch(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`, 'merge-patch+json'), await patch(`[{"op":"add","path":"/metadata/annotations","value":${'['.repeat(deep)}${']'.repeat(deep)}}]`, 'json-patch+json'),
    await patch(`${'{"metadata":'.repeat(deep)}1${'}'.repeat(deep)}`, 'strategic-merge-patch+json'), await patch(`${'{"f:metadata":'.repeat(deep)}1${'}'.repeat(deep)}`, 'apply-patch+yaml', '/api/v1/namespaces/default?fieldManager=x'),
  ]) assert.ok([400, 413, 415, 422].includes(answer.code), `${answer.code} ${answer.text.slice(0, 200)}`);
});

test('texts that take long to take apart when it is done in every way', async () => {
  const large = 2_500_000;
  const definition = { metadata: { name: 'slows.made.example' }, spec: { group: 'made.example', scope: 'Namespaced', names: { plural: 'slows', singular: 'slow', kind: 'Slow', listKind: 'SlowList' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: {
    numbers: { type: 'array', items: { type: 'boolean' } }, ...Object.fromEntries(['duration', 'email', 'uri', 'byte', 'hostname', 'date-time', 'isbn', 'creditcard'].map((format) => [format.replace('-', ''), { type: 'string', format }])),
  } } } }] } };
  assert.equal((await server.admin('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: JSON.stringify(definition) })).code, 201);
  await eventually(() => server.admin('GET', '/apis/made.example/v1/namespaces/default/slows'), ({ code }) => code === 200);
  const slow = (fields: object): Promise<Answer> => server.admin('POST', '/apis/made.example/v1/namespaces/default/slows', { body: JSON.stringify({ apiVersion: 'made.example/v1', kind: 'Slow', metadata: { generateName: 'a-' }, ...fields }) });
  assert.equal((await post('{"metadata":{"name":"slow","finalizers":["a.b/c"]}}')).code, 201);
  const answers = [
    await post(`{"metadata":{"name":"${'1.'.repeat(large / 2)}"}}`), await post(`{"metadata":{"name":"${`${'1'.repeat(308)}x`.repeat(large / 309)}"}}`), await post(`{"metadata":{"generation":${'1'.repeat(large)}}}`),
    await post(`a: ${'1'.repeat(large)}`, yaml), await post(`a: 0${'1'.repeat(large)}`, yaml), await post('a: 1\n'.repeat(large / 50), yaml),
    await slow({ duration: '1'.repeat(large) }), await slow({ duration: '1s'.repeat(large / 2) }), await slow({ email: `${'a,'.repeat(large / 2)}` }), await slow({ email: '('.repeat(large) }), await slow({ uri: `a://${':'.repeat(large)}` }),
    await slow({ byte: 'A'.repeat(large + 1) }), await slow({ hostname: 'a.'.repeat(large / 2) }), await slow({ datetime: `2020-01-01T00:00:00.${'1'.repeat(large)}` }), await slow({ isbn: '1-'.repeat(large / 2) }), await slow({ creditcard: '1 '.repeat(large / 2) }),
    await slow({ numbers: Array.from({ length: 100_000 }, (_, i) => i % 7) }),
    await patch(JSON.stringify({ metadata: { finalizers: Array.from({ length: 100_000 }, (_, i) => `a.b/${i}`), '$setElementOrder/finalizers': [] }, immutable: 'no' }), 'strategic-merge-patch+json', `${maps}/slow`),
    await patch(JSON.stringify({ metadata: { ownerReferences: Array.from({ length: 30_000 }, (_, i) => ({ uid: `u${i}` })) } }), 'strategic-merge-patch+json', `${maps}/slow`),
  ];
  for (const { code, text } of answers) assert.ok(code >= 400 && code < 500, `${code} ${text.slice(0, 200)}`);
});

test('protobuf nested without end, and lengths that lie', async () => {
  const envelope = Buffer.from('6b3873000a0f0a0276311209436f6e6669674d6170', 'hex');
  for (const tail of [Buffer.from('12ffffffff0f', 'hex'), Buffer.from('12ffffffffffffffffff01', 'hex'), Buffer.alloc(50_000, 0x0a), Buffer.from('0b0b0b0b0b', 'hex'), Buffer.alloc(50_000, 0x13)]) {
    const { code } = await post(Buffer.concat([envelope, tail]).toString('latin1'), { 'content-type': 'application/vnd.kubernetes.protobuf' });
    assert.equal(code, 400);
  }
});

test('aliases that would grow into gigabytes', async () => {
  const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(', ')}]`);
  assert.equal((await post(['a0: &a0 [x]', ...levels].join('\n'), yaml)).code, 400);
  assert.equal((await post('a: &a {b: *a}\n', yaml)).code, 400);
  assert.equal((await post(`${'? '.repeat(60)}a\n`, yaml)).code, 400);
});

test('a patch that copies itself larger and larger', async () => {
  const copies = Array.from({ length: 60 }, (_, i) => ({ op: 'copy', from: '/metadata/annotations', path: `/metadata/annotations/a${i}` }));
  const { code } = await patch(JSON.stringify([{ op: 'add', path: '/metadata/annotations', value: { x: 'y'.repeat(1000) } }, ...copies]), 'json-patch+json');
  assert.ok(code >= 400 && code < 500, String(code));
});

test('names that mean something to JavaScript are only names', async () => {
  const { code } = await post('{"metadata":{"name":"proto","__proto__":{"polluted":"yes"}},"data":{"__proto__":"a","constructor":"b","toString":"c"}}');
  assert.equal(code, 201);
  await patch('{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}', 'merge-patch+json', `${maps}/proto`);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  const { data } = JSON.parse((await server.admin('GET', `${maps}/proto`)).text) as { data: object };
  assert.deepEqual(Object.entries(data).sort(), [['__proto__', 'a'], ['constructor', 'b'], ['toString', 'c']]);
  for (const [type, body] of [['merge-patch+json', '{"data":{"__proto__":"d"}}'], ['json-patch+json', '[{"op":"replace","path":"/data/__proto__","value":"d"}]'], ['strategic-merge-patch+json', '{"data":{"__proto__":"d"}}']] as const) {
    assert.deepEqual(Object.entries((JSON.parse((await patch(body, type, `${maps}/proto`)).text) as { data: object }).data)[0], ['__proto__', 'd']);
    await patch('{"data":{"__proto__":"a"}}', 'merge-patch+json', `${maps}/proto`);
  }
  const applied = await patch('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"proto"},"data":{"__proto__":"e"}}', 'apply-patch+yaml', `${maps}/proto?fieldManager=x&force=true`);
  assert.deepEqual(Object.entries((JSON.parse(applied.text) as { data: object }).data)[0], ['__proto__', 'e']);
});

/** Asks with a bearer token and no certificate. */
const withToken = (token: string): Promise<Answer> => server.as()('GET', '/api/v1/namespaces', { headers: { authorization: `Bearer ${token}` } });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function tokenFor(audiences?: string[]): Promise<string> {
  const { body } = await server.admin('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { body: { spec: audiences ? { audiences } : {} } });
  return String(body['status']?.['token']);
}

test('tokens without a signature, with another key, for another audience, changed', async () => {
  const good = await tokenFor();
  assert.equal((await withToken(good)).code, 403);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const root = part({ ...claims, sub: 'system:serviceaccount:kube-system:admin' });
  const bad = [
    `${part({ alg: 'none' })}.${payload}.`, `${part({ alg: 'none' })}.${payload}.${signature}`, `${part({ alg: 'HS256' })}.${payload}.${signature}`, `${header}.${root}.${signature}`, `${header}.${payload}.`,
    `${header}.${payload}`, '..', 'x'.repeat(100_000), await tokenFor(['https://elsewhere.example.com']),
  ];
  for (const token of bad) assert.equal((await withToken(token)).code, 401, token.slice(0, 80));
});

/** How a request with this client certificate ends: a status, or that there was no connection. */
function withCertificate(pair: { readonly certPem: string; readonly keyPem: string }): Promise<number | 'no connection'> {
  return new Promise((resolve) => {
    const request = https.request({ host: '127.0.0.1', port: server.server.port, path: '/api/v1/namespaces', ca: server.caPem, cert: pair.certPem, key: pair.keyPem, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', () => resolve('no connection')).end();
  });
}

test('certificates that are over, of others, or for servers', async () => {
  const day = 24 * 3600 * 1000;
  const admin = { commonName: 'admin', organizations: ['system:masters'], usages: 'client' } as const;
  assert.equal(await withCertificate(issueCertificate(pki.authority, admin)), 200);
  const bad = [
    issueCertificate(pki.authority, { ...admin, now: new Date('2020-01-01').getTime(), lifetimeMs: day }), issueCertificate(temporaryPki().authority, admin),
    issueCertificate(pki.authority, { ...admin, usages: 'server' }), issueCertificate(pki.requestHeaderAuthority, admin),
  ];
  for (const pair of bad) {
    const end = await withCertificate(pair);
    assert.ok(end === 401 || end === 'no connection', `${end} for certificate ${bad.indexOf(pair)}`);
  }
});

/** Answers the first bytes that the server sends to text written as it is. */
async function raw(text: string): Promise<string> {
  const admin = issueCertificate(pki.authority, { commonName: 'limited', usages: 'client' });
  const socket: TLSSocket = connect({ host: '127.0.0.1', port: server.server.port, ca: server.caPem, cert: admin.certPem, key: admin.keyPem });
  await once(socket, 'secureConnect');
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(text);
  await closed;
  return answer;
}

const get = (path: string, ...headers: string[]): string => `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

test('impersonation: repeated, folded, empty, or by those who may not', async () => {
  for (const headers of [['Impersonate-User: admin'], ['Impersonate-User: limited', 'Impersonate-User: admin'], ['Impersonate-User: limited', 'Impersonate-Group: system:masters'], ['Impersonate-Group: system:masters'], ['Impersonate-User:', 'Impersonate-Group: system:masters'], ['Impersonate-User: limited,\r\n admin'], ['impersonate-extra-scopes: all'], ['Impersonate-Uid: 1']]) {
    assert.match(await raw(get('/api/v1/namespaces', ...headers)), /^HTTP\/1.1 (400|403|500) /, headers.join(' | '));
  }
  const twice = await server.admin('GET', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { headers: { 'impersonate-user': 'jane', 'impersonate-group': ['a', 'b,c'] } });
  assert.equal(twice.code, 403);
});

test('paths with dots, doubled and encoded slashes and broken escapes', async () => {
  for (const path of ['/api/v1/namespaces/default/../kube-system/secrets', '/api/v1/namespaces/%2e%2e/secrets', '/api/v1/namespaces/default/./secrets', '/api//v1/namespaces', '/api/v1/namespaces/default%2fsecrets', '/api/v1/namespaces/a%2F..%2Fb', '/api/v1/namespaces/%zz', '/api/v1/namespaces/%00', '/healthz/..%2f..%2fapi/v1/secrets', '/%']) {
    const answer = await raw(get(path));
    assert.match(answer, /^HTTP\/1.1 (400|403|404) /, `${path}: ${answer.slice(0, 200)}`);
  }
});

test('requests that are smuggled, malformed or too large', async () => {
  const large = 'x'.repeat(2_000_000);
  for (const text of [
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello', 'GET / HTTP/9.9\r\n\r\n', '\x00\x01\x02\x03\r\n\r\n',
    `GET /${large} HTTP/1.1\r\nHost: x\r\n\r\n`, `GET / HTTP/1.1\r\nHost: x\r\nA: ${large}\r\n\r\n`, `POST ${maps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n{}`,
  ]) assert.match(await raw(text), /^(HTTP\/1.1 4\d\d |$)/, text.slice(0, 60));
  assert.equal((await post(`{"metadata":{"name":"big"},"data":{"a":"${'x'.repeat(4_000_000)}"}}`)).code, 413);
});

test('connections that say little, and slowly, keep nobody else out', async () => {
  const sockets = await Promise.all(Array.from({ length: 200 }, async () => {
    const socket = connect({ host: '127.0.0.1', port: server.server.port, ca: server.caPem });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    socket.write('GET /api HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    return socket;
  }));
  try {
    for (const socket of sockets) socket.write('a');
    assert.equal((await server.admin('GET', '/api/v1/namespaces/default')).code, 200);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});

test('selectors and limits made to be slow or wrong', async () => {
  for (const query of [`labelSelector=${'('.repeat(10_000)}`, `labelSelector=a+in+(${'b,'.repeat(20_000)}`, `fieldSelector=${'\\'.repeat(10_001)}`, 'limit=-1&continue=x', `continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":-1,"start":"../../x"}').toString('base64url')}`, 'resourceVersion=abc', 'timeoutSeconds=abc&watch=true', 'resourceVersion=99999999999999999999']) {
    const { code } = await server.admin('GET', `${maps}?${query}`);
    assert.ok(code >= 400 && code < 500 || code === 504, `${query.slice(0, 60)}: ${code}`);
  }
});
