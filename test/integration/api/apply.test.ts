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
  const status = await server.admin('PATCH', `${deployments}/d/status?fieldManager=ctl`, { body: { status: { replicas: 2, readyReplicas: 1 }, spec: { replicas: 9 } }, headers: { 'content-type': 'application/merge-patch+json' } });
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

const deployment = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, ...metadata },
  spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }, ...spec },
});
const fieldsOf = (answer: Answer, manager: string): unknown => items(answer.body['metadata']?.['managedFields']).find((entry) => String(entry['manager']) === manager)?.['fieldsV1'];

test('an applied Scale owns the replicas of its parent', async () => {
  const config = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'scaled' }, spec: { replicas: 3 } };
  await apply(`${deployments}/scaled`, deployment('scaled', { replicas: 0 }), 'fieldManager=owner');
  const refused = await apply(`${deployments}/scaled/scale`, config, 'fieldManager=scaler');
  assert.deepEqual([refused.code, refused.body['message']], [409, 'Apply failed with 1 conflict: conflict with "owner": .spec.replicas']);
  const scaled = await apply(`${deployments}/scaled/scale`, config, 'fieldManager=scaler&force=true');
  assert.deepEqual([scaled.code, scaled.body['kind'], scaled.body['spec']], [200, 'Scale', { replicas: 3 }]);
  const now = await server.admin('GET', `${deployments}/scaled`);
  assert.deepEqual(managers(now).filter((one) => one.startsWith('owner') || one.startsWith('scaler')).sort(), ['owner Apply', 'scaler Apply scale']);
  assert.deepEqual(fieldsOf(now, 'scaler'), { 'f:spec': { 'f:replicas': {} } });
  assert.equal((fieldsOf(now, 'owner') as Record<string, Record<string, unknown>>)['f:spec']?.['f:replicas'], undefined);
  assert.equal(items(now.body['metadata']?.['managedFields']).find((entry) => String(entry['manager']) === 'scaler')?.['apiVersion'], 'apps/v1');
  const back = await apply(`${deployments}/scaled`, deployment('scaled', { replicas: 0 }), 'fieldManager=owner');
  assert.deepEqual([back.code, back.body['message']], [409, 'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale": .spec.replicas']);
  await server.admin('DELETE', `${deployments}/scaled`);
});

test('configurations that do not fit the schema are refused in the words of typed patches', async () => {
  const where = 'failed to create typed patch object (/bad; apps/v1, Kind=Deployment):';
  const withContainer = (container: object): object => deployment('bad', { template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i', ...container }] } } });
  const inContainer = '.spec.template.spec.containers[name="c"]';
  const cases: [object, string][] = [
    [withContainer({ env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }), `${where} ${inContainer}.env: duplicate entries for key [name="A"]`],
    [withContainer({ foo: 1 }), `${where} ${inContainer}.foo: field not declared in schema`],
    [deployment('bad', { replicas: 'many', paused: 'no' }), `${where} errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.paused: expected boolean, got &{no}`],
    [withContainer({ image: 5 }), `${where} ${inContainer}.image: expected string, got &value.valueUnstructured{Value:5}`],
    [withContainer({ ports: [{ name: 'x' }] }), `${where} ${inContainer}.ports: element 0: associative list with keys has an element that omits key field "containerPort" (and doesn't have default value)`],
    [deployment('bad', {}, { finalizers: ['a.b/c', 'a.b/c'] }), `${where} .metadata.finalizers: duplicate entries for key [="a.b/c"]`],
    [deployment('bad', { template: [] }), `${where} .spec.template: expected map, got &{[]}`],
  ];
  for (const [config, message] of cases) {
    const answer = await apply(`${deployments}/bad`, config);
    assert.deepEqual([answer.code, answer.body['message'], answer.body['reason']], [500, message, undefined]);
  }
});

test('keys that a document has twice are told of, or refused', async () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: twice\ndata:\n  a: "1"\n  a: "2"\n';
  const warned = await server.admin('PATCH', `${maps}/twice?fieldManager=me`, { body, headers: yaml });
  assert.deepEqual([warned.code, warned.body['data']], [201, { a: '2' }]);
  assert.match(String(warned.headers['warning']), /line 7: key \\"a\\" already set in map/);
  const strict = await server.admin('PATCH', `${maps}/twice?fieldManager=me&fieldValidation=Strict`, { body, headers: yaml });
  assert.deepEqual([strict.code, strict.body['message']], [400, 'error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "a" already set in map']);
});

test('kubectl takes over what its client-side apply set, and keeps the annotation', async () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const before = configMap('csa', { x: '1', y: '1' });
  await server.admin('POST', `${maps}?fieldManager=kubectl-client-side-apply`, { body: { ...before, metadata: { name: 'csa', annotations: { [annotation]: JSON.stringify(before) } } } });
  const other = await apply(`${maps}/csa`, configMap('csa', { x: '2' }), 'fieldManager=someone');
  assert.equal(other.code, 409);
  const taken = await apply(`${maps}/csa`, configMap('csa', { x: '2', y: '1' }), 'fieldManager=kubectl');
  assert.deepEqual([taken.code, taken.body['data']], [200, { x: '2', y: '1' }]);
  assert.equal(taken.body['metadata']?.['annotations']?.[annotation], `${JSON.stringify(configMap('csa', { x: '2', y: '1' }))}\n`);
  await server.admin('PATCH', `${maps}/csa?fieldManager=editor`, { body: { data: { y: '5' } }, headers: { 'content-type': 'application/merge-patch+json' } });
  const conflict = await apply(`${maps}/csa`, configMap('csa', { x: '3', y: '1' }), 'fieldManager=kubectl');
  assert.deepEqual([conflict.code, conflict.body['message']], [409, 'Apply failed with 1 conflict: conflict with "editor" using v1: .data.y']);
});

test('kubectl moves ownership by a patch of managedFields', async () => {
  const created = await server.admin('POST', `${maps}?fieldManager=kubectl-client-side-apply`, { body: configMap('moved', { x: '1', y: '1' }) });
  const [entry] = items(created.body['metadata']?.['managedFields']);
  const patch = [
    { op: 'replace', path: '/metadata/managedFields', value: [{ ...entry, manager: 'kubectl', operation: 'Apply' }] },
    { op: 'replace', path: '/metadata/resourceVersion', value: created.body['metadata']?.['resourceVersion'] },
  ];
  const moved = await server.admin('PATCH', `${maps}/moved?fieldManager=kubectl`, { body: patch, headers: { 'content-type': 'application/json-patch+json' } });
  assert.deepEqual([moved.code, managers(moved)], [200, ['kubectl Apply']]);
  const stale = await server.admin('PATCH', `${maps}/moved`, { body: patch, headers: { 'content-type': 'application/json-patch+json' } });
  assert.equal(stale.code, 409);
  const applied = await apply(`${maps}/moved`, configMap('moved', { x: '2' }), 'fieldManager=kubectl');
  assert.deepEqual([applied.code, applied.body['data']], [200, { x: '2' }]);
});

test('an applied null takes the value away, which is a conflict with who owns it', async () => {
  const services = '/api/v1/namespaces/default/services';
  const service = (internalTrafficPolicy: string | null) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'n', creationTimestamp: null }, spec: { clusterIP: 'None', internalTrafficPolicy, ports: [{ port: 80 }] } });
  const created = await apply(`${services}/n`, service('Local'));
  const refused = await apply(`${services}/n`, service(null), 'fieldManager=other');
  assert.deepEqual([refused.code, refused.body['message']], [409, 'Apply failed with 1 conflict: conflict with "me": .spec.internalTrafficPolicy']);
  const defaulted = await apply(`${services}/n`, service(null));
  assert.deepEqual([created.body['spec']?.['internalTrafficPolicy'], defaulted.code, defaulted.body['spec']?.['internalTrafficPolicy']], ['Local', 200, 'Cluster']);
  assert.equal(defaulted.body['metadata']?.['creationTimestamp'], created.body['metadata']?.['creationTimestamp']);
  assert.deepEqual((fieldsOf(defaulted, 'me') as Record<string, Record<string, unknown>>)['f:spec']?.['f:internalTrafficPolicy'], {});
  const again = await apply(`${services}/n`, service(null));
  assert.equal(again.body['metadata']?.['resourceVersion'], defaulted.body['metadata']?.['resourceVersion']);
});

test('status is applied through its own door, and by the main one not at all', async () => {
  await apply(`${deployments}/st`, deployment('st', { replicas: 0 }), 'fieldManager=owner');
  const status = await apply(`${deployments}/st/status`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'st', labels: { l: '1' } }, spec: { replicas: 7 }, status: { conditions: [{ type: 'Mine', status: 'True' }] } }, 'fieldManager=ctl');
  assert.equal(status.code, 200, status.text);
  assert.deepEqual([status.body['spec']?.['replicas'], status.body['metadata']?.['labels']], [0, undefined]);
  assert.deepEqual(fieldsOf(status, 'ctl'), { 'f:status': { 'f:conditions': { 'k:{"type":"Mine"}': { '.': {}, 'f:type': {}, 'f:status': {} } } } });
  assert.ok(managers(status).includes('ctl Apply status'));
  const gone = await apply(`${deployments}/st/status`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'st' } }, 'fieldManager=ctl');
  assert.ok(!items(gone.body['status']?.['conditions']).some((one) => String(one['type']) === 'Mine'));
  await server.admin('DELETE', `${deployments}/st`);
});

test('several conflicts are listed by manager', async () => {
  await server.admin('POST', `${maps}?fieldManager=one`, { body: configMap('many', { a: '1' }) });
  await server.admin('PATCH', `${maps}/many?fieldManager=two`, { body: { data: { b: '1', c: '1' } }, headers: { 'content-type': 'application/merge-patch+json' } });
  const refused = await apply(`${maps}/many`, configMap('many', { a: '2', b: '2', c: '2' }));
  assert.equal(refused.body['message'], 'Apply failed with 3 conflicts: conflicts with "one" using v1:\n- .data.a\nconflicts with "two" using v1:\n- .data.b\n- .data.c');
  assert.deepEqual(items(refused.body['details']?.['causes']).map((cause) => `${cause['reason']} ${cause['field']}`), ['FieldManagerConflict .data.a', 'FieldManagerConflict .data.b', 'FieldManagerConflict .data.c']);
});
