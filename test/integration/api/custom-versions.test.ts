/** Custom resources in several versions: with the Webhook converter, and without one. */
import assert from 'node:assert/strict';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { issueServer, temporaryPki } from '../../../src/cluster/pki-state.ts';
import { items, startTestServer, type Answer, type Json, type TestServer } from '../../harness/api-server.ts';

type Review = { apiVersion: string; request: { uid: string; desiredAPIVersion: string; objects: Record<string, unknown>[] } };
type Reply = (review: Review, converted: Record<string, unknown>[]) => unknown;

const success: Reply = ({ apiVersion, request }, convertedObjects) => ({ apiVersion, kind: 'ConversionReview', response: { uid: request.uid, result: { status: 'Success' }, convertedObjects } });

let server: TestServer;
let webhook: https.Server;
let reply: Reply = success;
let reviews = 0;
const pki = temporaryPki();

/** v1 says `hostPort: 'h:1'`, v2 says host and port. */
function convert(object: Record<string, unknown>, apiVersion: string): Record<string, unknown> {
  const spec = object['spec'] as Record<string, string>;
  if (object['apiVersion'] === apiVersion) return object;
  if (apiVersion.endsWith('/v2')) {
    const [host, port] = (spec['hostPort'] ?? '').split(':');
    return { ...object, apiVersion, spec: { host, port } };
  }
  return { ...object, apiVersion, spec: { hostPort: `${spec['host']}:${spec['port']}` } };
}

before(async () => {
  server = await startTestServer();
  const pair = issueServer(pki, { hostName: 'localhost', addresses: ['127.0.0.1'] });
  webhook = https.createServer({ cert: pair.certPem, key: pair.keyPem }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      reviews++;
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      response.end(JSON.stringify(reply(review, review.request.objects.map((object) => convert(object, review.request.desiredAPIVersion)))));
    });
  });
  await new Promise<void>((resolve) => { webhook.listen(0, '127.0.0.1', resolve); });
});
after(async () => {
  webhook.closeAllConnections();
  await new Promise((resolve) => { webhook.close(resolve); });
  await server[Symbol.asyncDispose]();
});

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const merge = { 'content-type': 'application/merge-patch+json' };
const text = { type: 'string' };
const version = (name: string, storage: boolean, fields: object) => ({ name, served: true, storage, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: fields } } } } });
const definition = (plural: string, kind: string, versions: object[], conversion: object) => ({ metadata: { name: `${plural}.example.com` }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural, kind }, versions, conversion } });
const url = (plural: string, of: string, name = ''): string => `/apis/example.com/${of}/namespaces/default/${plural}${name === '' ? '' : `/${name}`}`;
const client = () => ({ url: `https://127.0.0.1:${(webhook.address() as AddressInfo).port}/convert`, caBundle: Buffer.from(pki.authority.certPem).toString('base64') });
const hosts = (reviewVersions: string[]) => definition('hosts', 'Host', [version('v1', true, { hostPort: text }), version('v2', false, { host: text, port: text })], { strategy: 'Webhook', webhook: { clientConfig: client(), conversionReviewVersions: reviewVersions } });
const specs = (answer: Answer): (Json | undefined)[] => items(answer.body['items']).map((item) => item['spec']);

test('objects are written, read, listed, patched and watched in either version', async () => {
  assert.equal((await server.admin('POST', crds, { body: hosts(['v1']) })).code, 201);
  await server.server.controlPlane.settled();
  const made = await server.admin('POST', url('hosts', 'v2'), { body: { metadata: { name: 'a' }, spec: { host: 'h', port: '1' } } });
  assert.deepEqual([made.code, made.body['apiVersion'], made.body['spec']], [201, 'example.com/v2', { host: 'h', port: '1' }], made.text);
  const old = await server.admin('GET', url('hosts', 'v1', 'a'));
  assert.deepEqual([old.body['apiVersion'], old.body['spec']], ['example.com/v1', { hostPort: 'h:1' }]);
  const patched = await server.admin('PATCH', url('hosts', 'v2', 'a'), { body: { spec: { port: '2' } }, headers: merge });
  assert.deepEqual([patched.code, patched.body['spec']], [200, { host: 'h', port: '2' }], patched.text);
  await server.admin('POST', url('hosts', 'v1'), { body: { metadata: { name: 'b' }, spec: { hostPort: 'i:3' } } });
  const seen = reviews;
  assert.deepEqual(specs(await server.admin('GET', url('hosts', 'v2'))), [{ host: 'h', port: '2' }, { host: 'i', port: '3' }]);
  assert.ok(reviews - seen <= 1, 'a list is converted in one call');
  const watched = await server.admin('GET', `${url('hosts', 'v2')}?watch=true&timeoutSeconds=1&resourceVersion=0`);
  assert.deepEqual(watched.text.trim().split('\n').map((line) => (JSON.parse(line) as Json)['object']?.['spec']), [{ host: 'h', port: '2' }, { host: 'i', port: '3' }]);
  const applied = await server.admin('PATCH', `${url('hosts', 'v2', 'c')}?fieldManager=me`, { body: { apiVersion: 'example.com/v2', kind: 'Host', metadata: { name: 'c' }, spec: { host: 'j', port: '4' } }, headers: { 'content-type': 'application/apply-patch+yaml' } });
  assert.deepEqual([applied.code, applied.body['spec']], [201, { host: 'j', port: '4' }], applied.text);
});

test('answers of the webhook are checked', async () => {
  const failing: [Reply, RegExp][] = [
    [(review, made) => success({ ...review, request: { ...review.request, uid: 'other' } }, made), /^conversion webhook for example\.com\/v1, Kind=Host failed: expected response\.uid=".*", got "other"$/],
    [(review) => success(review, []), /returned 0 objects, expected 1$/],
    [(review, [one]) => success(review, [{ ...one, apiVersion: 'example.com/v3' }]), /returned invalid converted object at index 0: invalid groupVersion \(expected example\.com\/v2, received example\.com\/v3\)$/],
    [(review, [one]) => success(review, [{ ...one, metadata: { name: 'x', namespace: 'default' } }]), /returned invalid metadata: must have the same name: .* != x$/],
    [({ apiVersion, request }) => ({ apiVersion, kind: 'ConversionReview', response: { uid: request.uid, result: { status: 'Failure', message: 'no way' } } }), /failed: no way$/],
    [() => ({ apiVersion: 'v1', kind: 'Status' }), /failed: expected webhook response of apiextensions\.k8s\.io\/v1, Kind=ConversionReview, got \/v1, Kind=Status$/],
  ];
  for (const [i, [answer, message]] of failing.entries()) {
    await server.admin('POST', url('hosts', 'v1'), { body: { metadata: { name: `bad${i}` }, spec: { hostPort: 'x:1' } } });
    reply = answer;
    const got = await server.admin('GET', url('hosts', 'v2', `bad${i}`));
    reply = success;
    assert.equal(got.code, 500);
    assert.match(String(got.body['message']), message);
    assert.equal((await server.admin('GET', url('hosts', 'v2', `bad${i}`))).code, 200, 'a failure is not remembered');
  }
});

test('a watch of a resource ends with its definition, after the deletions', async () => {
  const list = await server.admin('GET', url('hosts', 'v1'));
  const watch = server.admin('GET', `${url('hosts', 'v1')}?watch=true&timeoutSeconds=30&resourceVersion=${String(list.body['metadata']?.['resourceVersion'])}`);
  await server.admin('DELETE', `${crds}/hosts.example.com`);
  const events = (await watch).text.trim().split('\n').map((line) => String((JSON.parse(line) as Json)['type']));
  assert.deepEqual([...new Set(events)], ['DELETED']);
  assert.equal(events.length, items(list.body['items']).length);
  await server.server.controlPlane.settled();
});

test('without a converter, versions prune, and a new storage version shows old objects', async () => {
  const versions = (storage: string) => [version('v1', storage === 'v1', { a: text, old: text }), version('v2', storage === 'v2', { a: text, added: { type: 'string', default: 'd' } })];
  await server.admin('POST', crds, { body: definition('things', 'Thing', versions('v1'), { strategy: 'None' }) });
  await server.server.controlPlane.settled();
  await server.admin('POST', url('things', 'v1'), { body: { metadata: { name: 't' }, spec: { a: '1', old: 'o' } } });
  assert.deepEqual((await server.admin('GET', url('things', 'v2', 't'))).body['spec'], { a: '1', added: 'd' });
  const current = await server.admin('GET', `${crds}/things.example.com`);
  const switched = await server.admin('PUT', `${crds}/things.example.com`, { body: { ...current.body, spec: { ...current.body['spec'], versions: versions('v2') } } });
  assert.equal(switched.code, 200, switched.text);
  await server.server.controlPlane.settled();
  const read = await server.admin('GET', url('things', 'v2', 't'));
  assert.equal(read.body['apiVersion'], 'example.com/v2');
  const now = await server.admin('GET', `${crds}/things.example.com`);
  assert.deepEqual(now.body['status']?.['storedVersions'], ['v1', 'v2']);
  const dropped = await server.admin('PATCH', `${crds}/things.example.com`, { body: { spec: { versions: [versions('v2')[1]] } }, headers: merge });
  assert.deepEqual([dropped.code, /status\.storedVersions\[0\]: Invalid value: "v1": missing from spec\.versions; v1 was previously a storage version/.test(String(dropped.body['message']))], [422, true], dropped.text);
});

test('what a definition says of conversion, and of protected groups, is checked', async () => {
  const refused = async (change: object): Promise<string> => String((await server.admin('POST', crds, { body: { ...hosts(['v1']), ...change } })).body['message']);
  const spec = hosts(['v1']).spec;
  assert.match(await refused({ spec: { ...spec, conversion: { strategy: 'Webhook' } } }), /spec\.conversion\.webhookClientConfig: Required value: required when strategy is set to Webhook/);
  assert.match(await refused({ spec: { ...spec, conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'http://x/' }, conversionReviewVersions: ['v7'] } } } }), /'https' is the only allowed URL scheme.*must include at least one of v1, v1beta1/s);
  assert.match(await refused({ metadata: { name: 'hosts.x.k8s.io' }, spec: { ...spec, group: 'x.k8s.io' } }), /protected groups must have approval annotation "api-approved\.kubernetes\.io"/);
});
