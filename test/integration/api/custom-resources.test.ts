import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { items, startTestServer, type Answer, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const widgets = '/apis/example.com/v1/namespaces/default/widgets';
const merge = { 'content-type': 'application/merge-patch+json' };
const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: { size: { type: 'integer', default: 1 }, color: { type: 'string' }, replicas: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.size < 10', messageExpression: "'size is ' + string(self.size)" }, { rule: '!has(oldSelf.color) || self.color == oldSelf.color', message: 'color is fixed' }],
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, phase: { type: 'string' } } },
  },
};
const version = (name: string, storage: boolean) => ({
  name, served: true, storage, schema: { openAPIV3Schema: schema }, selectableFields: [{ jsonPath: '.spec.color' }],
  subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
});
const widgetCrd = { metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' }, versions: [version('v1', true), version('v1alpha1', false)] } };
const widget = (name: string, spec: object) => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec });
const create = (name: string, spec: object): Promise<Answer> => server.admin('POST', widgets, { body: widget(name, spec) });

test('a definition is served with its rules', async () => {
  assert.equal((await server.admin('POST', crds, { body: widgetCrd })).code, 201);
  await server.server.controlPlane.settled();
  const crd = await server.admin('GET', `${crds}/widgets.example.com`);
  assert.deepEqual(items(crd.body['status']?.['conditions']).map((one) => `${one['type']} ${one['status']}`), ['NamesAccepted True', 'Established True']);
  const made = await create('a', { color: 'red' });
  assert.deepEqual([made.code, made.body['spec']], [201, { color: 'red', size: 1 }]);
  const big = await create('b', { size: 12 });
  assert.deepEqual([big.code, big.body['message']], [422, 'Widget.example.com "b" is invalid: spec: Invalid value: "object": size is 12']);
  const painted = await server.admin('PATCH', `${widgets}/a`, { body: { spec: { color: 'blue' } }, headers: merge });
  assert.deepEqual([painted.code, painted.body['message']], [422, 'Widget.example.com "a" is invalid: spec: Invalid value: "object": color is fixed']);
});

test('versions, status, scale, selectable fields, apply', async () => {
  await create('c', { color: 'green', replicas: 2 });
  const old = await server.admin('GET', '/apis/example.com/v1alpha1/namespaces/default/widgets/c');
  assert.equal(old.body['apiVersion'], 'example.com/v1alpha1');
  const status = await server.admin('PATCH', `${widgets}/c/status`, { body: { status: { replicas: 1 }, spec: { size: 5 } }, headers: merge });
  assert.deepEqual([status.body['spec']?.['size'], status.body['status']], [1, { replicas: 1 }]);
  const scale = await server.admin('PATCH', `${widgets}/c/scale`, { body: { spec: { replicas: 4 } }, headers: merge });
  assert.deepEqual([scale.body['spec'], scale.body['status']], [{ replicas: 4 }, { replicas: 1 }]);
  const green = await server.admin('GET', `${widgets}?fieldSelector=spec.color%3Dgreen`);
  assert.deepEqual(items(green.body['items']).map((one) => one['metadata']?.['name']), ['c']);
  const applied = await server.admin('PATCH', `${widgets}/d?fieldManager=me`, { body: widget('d', { color: 'x' }), headers: { 'content-type': 'application/apply-patch+yaml' } });
  assert.deepEqual([applied.code, applied.body['spec'], items(applied.body['metadata']?.['managedFields']).length], [201, { color: 'x', size: 1 }, 1]);
});

test('a definition that cannot be used is refused', async () => {
  const bad = structuredClone(widgetCrd) as typeof widgetCrd;
  bad.metadata.name = 'bads.example.com';
  Object.assign(bad.spec.names, { plural: 'bads', kind: 'Bad' });
  for (const one of bad.spec.versions) one.schema.openAPIV3Schema.properties.spec['x-kubernetes-validations'] = [{ rule: 'nobody.size < 10', message: 'm' }];
  const refused = await server.admin('POST', crds, { body: bad });
  assert.equal(refused.code, 422, refused.text);
  assert.match(String(refused.body['message']), /spec\.validation\.openAPIV3Schema\.properties\[spec\]\.x-kubernetes-validations\[0\]\.rule: Invalid value: .*compilation failed/s);
});

test('a format that says nothing is warned of', async () => {
  const noted = structuredClone(widgetCrd) as typeof widgetCrd;
  noted.metadata.name = 'notes.example.com';
  Object.assign(noted.spec.names, { plural: 'notes', kind: 'Note', shortNames: [] });
  for (const one of noted.spec.versions) Object.assign(one.schema.openAPIV3Schema.properties, { weight: { type: 'string', format: 'grams' }, share: { type: 'number', format: 'double' } });
  const made = await server.admin('POST', `${crds}?dryRun=All`, { body: noted });
  assert.deepEqual([made.code, made.headers['warning']], [201, '299 - "unrecognized format \\"grams\\""']);
});

test('published at once, and gone with its objects', async () => {
  assert.match((await server.admin('GET', '/openapi/v3/apis/example.com/v1')).text, /"Widget"/);
  await server.admin('DELETE', `${crds}/widgets.example.com`);
  await server.server.controlPlane.settled();
  assert.deepEqual([(await server.admin('GET', `${crds}/widgets.example.com`)).code, (await server.admin('GET', widgets)).code], [404, 404]);
});
