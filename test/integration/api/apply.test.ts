import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { items, startTestServer, type Answer, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const yaml = { 'content-type': 'application/apply-patch+yaml' };
const maps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const managers = (answer: Answer): string[] => items(answer.body['metadata']?.['managedFields']).map((entry) => [entry['manager'], entry['operation'], entry['subresource']].filter(Boolean).join(' '));
const apply = (url: string, config: object, query = 'fieldManager=me'): Promise<Answer> => server.admin('PATCH', `${url}?${query}`, { body: config, headers: yaml });
const configMap = (name: string, data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

test('apply creates, changes, leaves alone', async () => {
  const created = await apply(`${maps}/a`, configMap('a', { x: '1' }));
  assert.equal(created.code, 201);
  assert.deepEqual(managers(created), ['me Apply']);
  assert.deepEqual(created.body['metadata']?.['managedFields']?.['0']?.['fieldsV1'], { 'f:data': { 'f:x': {} } });
  const again = await apply(`${maps}/a`, configMap('a', { x: '1' }));
  assert.deepEqual([again.code, again.body['metadata']?.['resourceVersion']], [200, created.body['metadata']?.['resourceVersion']]);
  const other = await apply(`${maps}/a`, configMap('a', { y: '2' }));
  assert.deepEqual(other.body['data'], { y: '2' });
});

test('conflicts name the owner, force takes over', async () => {
  await server.admin('POST', `${maps}?fieldManager=first`, { body: configMap('b', { x: '1' }) });
  const refused = await apply(`${maps}/b`, configMap('b', { x: '2' }));
  assert.equal(refused.code, 409);
  assert.equal(refused.body['message'], 'Apply failed with 1 conflict: conflict with "first" using v1: .data.x');
  const forced = await apply(`${maps}/b`, configMap('b', { x: '2' }), 'fieldManager=me&force=true');
  assert.deepEqual([forced.code, forced.body['data'], managers(forced)], [200, { x: '2' }, ['me Apply', 'first Update']]);
});

test('the parameters of a patch are checked', async () => {
  const nobody = await server.admin('PATCH', `${maps}/c`, { body: configMap('c', {}), headers: yaml });
  assert.deepEqual([nobody.code, nobody.body['message']], [422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch']);
  await server.admin('POST', maps, { body: configMap('c', {}) });
  const force = await server.admin('PATCH', `${maps}/c?force=true`, { body: {}, headers: { 'content-type': 'application/merge-patch+json' } });
  assert.match(String(force.body['message']), /force: Forbidden: may not be specified for non-apply patch/);
  const dry = await apply(`${maps}/nothere`, configMap('nothere', {}), 'fieldManager=me&dryRun=All');
  assert.deepEqual([dry.code, (await server.admin('GET', `${maps}/nothere`)).code], [201, 404]);
  assert.equal((await apply(`${maps}/other`, configMap('name', {}))).code, 400);
});

test('managers are named by parameter, else by user agent; the defaulted form is theirs, status is not', async () => {
  const spec = { replicas: 0, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } };
  const created = await server.admin('POST', deployments, { body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec, status: { replicas: 3 } }, headers: { 'user-agent': 'tool/v1 (linux)' } });
  const entry = created.body['metadata']?.['managedFields']?.['0'];
  assert.equal(entry?.['manager'], 'tool');
  assert.deepEqual(Object.keys(entry?.['fieldsV1'] ?? {}), ['f:spec']);
  assert.ok(entry?.['fieldsV1']?.['f:spec']?.['f:progressDeadlineSeconds']);
  const scaled = await server.admin('PATCH', `${deployments}/d/scale?fieldManager=scaler`, { body: { spec: { replicas: 2 } }, headers: { 'content-type': 'application/merge-patch+json' } });
  assert.equal(scaled.code, 200);
  const now = await server.admin('GET', `${deployments}/d`);
  assert.ok(managers(now).includes('scaler Update scale'));
  const status = await server.admin('PATCH', `${deployments}/d/status?fieldManager=ctl`, { body: { status: { readyReplicas: 1 }, spec: { replicas: 9 } }, headers: { 'content-type': 'application/merge-patch+json' } });
  assert.equal(status.body['spec']?.['replicas'], 2);
  assert.ok(managers(status).includes('ctl Update status'));
});

test('a write without managedFields keeps them, an empty list clears them', async () => {
  const created = await server.admin('POST', `${maps}?fieldManager=m`, { body: configMap('e', { x: '1' }) });
  const put = await server.admin('PUT', `${maps}/e?fieldManager=n`, { body: configMap('e', { x: '1' }) });
  assert.deepEqual([managers(put), put.body['metadata']?.['resourceVersion']], [['m Update'], created.body['metadata']?.['resourceVersion']]);
  const cleared = await server.admin('PATCH', `${maps}/e`, { body: { metadata: { managedFields: [{}] } }, headers: { 'content-type': 'application/merge-patch+json' } });
  assert.deepEqual(managers(cleared), []);
});
