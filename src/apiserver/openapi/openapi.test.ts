import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WireReader } from '../../apimachinery/protobuf-wire.ts';
import type { StructSchema } from '../../apimachinery/schema.ts';
import { builtinDefinitions } from '../../resources/builtin.ts';
import type { ResourceDefinition } from '../../resources/definition.ts';
import { createRegistry } from '../../resources/registry.ts';
import { builtinSchema } from '../../resources/schema/builtin.ts';
import { createOpenApi } from './openapi.ts';

type Tree = { [key: string]: Tree };
const json = (bytes: Uint8Array): Tree => JSON.parse(Buffer.from(bytes).toString()) as Tree;
const at = (tree: Tree | undefined, ...keys: string[]): Tree | undefined => keys.reduce<Tree | undefined>((inner, key) => inner?.[key], tree);

function references(value: unknown, out = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return out;
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string') out.add(item.slice(item.lastIndexOf('/') + 1));
    else references(item, out);
  }
  return out;
}

const crontab: StructSchema = {
  type: 'struct',
  fields: new Map([
    ['apiVersion', { schema: { type: 'scalar', scalar: 'string' } }],
    ['metadata', { schema: builtinSchema('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta') }],
    ['spec', { schema: { type: 'struct', fields: new Map([['replicas', { schema: { type: 'scalar', scalar: 'int64', validations: { format: 'int64', minimum: 1 } }, description: 'How many.' }]]) }, required: true }],
  ]),
};
const custom: ResourceDefinition = {
  group: 'stable.example.com', plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList', shortNames: [], categories: [], namespaced: true,
  verbs: ['get', 'list', 'create', 'patch'], versions: [{ name: 'v1', schema: crontab }], storageVersion: 'v1', storagePrefix: 'x', subresources: {}, strategy: {}, columns: [], selectableFields: {},
};

test('version 3 has an index and a document for each group version', async () => {
  const openApi = createOpenApi(createRegistry(builtinDefinitions()), 'v1.36.0');
  const index = (await openApi.v3Index()) as Tree;
  const url = String(at(index, 'paths', 'apis/apps/v1', 'serverRelativeURL'));
  assert.match(url, /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
  const document = await openApi.v3('apis/apps/v1');
  assert.ok(document);
  assert.equal(url.endsWith(document.hash), true);
  const apps = json(document.bytes);
  const patch = at(apps, 'paths', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}', 'patch');
  assert.deepEqual(patch?.['x-kubernetes-group-version-kind'], { group: 'apps', kind: 'Deployment', version: 'v1' });
  const names = (patch?.['parameters'] as unknown as { name: string }[]).map(({ name }) => name);
  for (const name of ['dryRun', 'fieldValidation', 'fieldManager', 'force']) assert.equal(names.includes(name), true, name);
  const schemas = at(apps, 'components', 'schemas') ?? {};
  for (const name of references(apps)) assert.ok(schemas[name], `${name} is not defined`);
  const template = at(schemas, 'io.k8s.api.apps.v1.DeploymentSpec', 'properties', 'template');
  assert.deepEqual(template?.['allOf'], [{ $ref: '#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec' }]);
  const ports = at(schemas, 'io.k8s.api.core.v1.Container', 'properties', 'ports') ?? {};
  assert.deepEqual([ports['x-kubernetes-patch-merge-key'], ports['x-kubernetes-list-map-keys']], ['containerPort', ['containerPort', 'protocol']]);
  assert.match(String(at(schemas, 'io.k8s.api.core.v1.PodSpec', 'properties', 'dnsPolicy')?.['description']), /DNS policy/);
  assert.equal(await openApi.v3('apis/none/v1'), undefined);
  openApi.close();
});

test('version 2 is one document, complete in itself', async () => {
  const openApi = createOpenApi(createRegistry(builtinDefinitions()), 'v1.36.0');
  const document = json((await openApi.v2('json')).bytes);
  const definitions = document['definitions'] ?? {};
  for (const name of references(document)) assert.ok(definitions[name], `${name} is not defined`);
  assert.deepEqual(definitions['io.k8s.api.core.v1.Pod']?.['x-kubernetes-group-version-kind'], [{ group: '', kind: 'Pod', version: 'v1' }]);
  assert.deepEqual(definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString']?.['format'], 'int-or-string');
  const ids = Object.values(document['paths'] ?? {}).flatMap((item) => Object.values(item).map((operation) => String(operation['operationId'])));
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
  assert.ok(ids.includes('listCoreV1NamespacedPod') && ids.includes('listCoreV1PodForAllNamespaces') && ids.includes('replaceAppsV1NamespacedDeploymentScale'));
  openApi.close();
});

/** Field number → the values of length-delimited fields. */
function fieldsOf(bytes: Uint8Array): Map<number, Buffer[]> {
  const reader = new WireReader(bytes);
  const out = new Map<number, Buffer[]>();
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const number = Math.floor(tag / 8);
    if (tag % 8 === 2) out.set(number, [...(out.get(number) ?? []), reader.bytes()]);
    else reader.skip(tag % 8);
  }
  return out;
}
const only = (fields: Map<number, Buffer[]>, number: number): Buffer => fields.get(number)?.[0] ?? assert.fail(`no field ${number}`);

test('version 2 as protobuf says the same', async () => {
  const openApi = createOpenApi(createRegistry(builtinDefinitions()), 'v1.36.0');
  const document = json((await openApi.v2('json')).bytes);
  const message = fieldsOf((await openApi.v2('protobuf')).bytes);
  assert.equal(only(message, 1).toString(), '2.0');
  const definitions = (fieldsOf(only(message, 9)).get(1) ?? []).map((entry) => fieldsOf(entry));
  assert.deepEqual(definitions.map((entry) => only(entry, 1).toString()), Object.keys(document['definitions'] ?? {}));
  const pod = fieldsOf(only(definitions.find((entry) => only(entry, 1).toString() === 'io.k8s.api.core.v1.Pod') ?? new Map(), 2));
  const extension = fieldsOf(only(pod, 31));
  assert.equal(only(extension, 1).toString(), 'x-kubernetes-group-version-kind');
  assert.deepEqual(JSON.parse(only(fieldsOf(only(extension, 2)), 2).toString()), [{ group: '', kind: 'Pod', version: 'v1' }]);
  const paths = (fieldsOf(only(message, 8)).get(2) ?? []).map((entry) => only(fieldsOf(entry), 1).toString());
  assert.deepEqual(paths, Object.keys(document['paths'] ?? {}));
  openApi.close();
});

test('custom kinds come and go with the registry', async () => {
  const registry = createRegistry([]);
  const openApi = createOpenApi(registry, 'v1.36.0');
  assert.deepEqual(await openApi.v3Index(), { paths: {} });
  registry.put(custom);
  const document = json((await openApi.v3('apis/stable.example.com/v1'))?.bytes ?? new Uint8Array());
  const schemas = at(document, 'components', 'schemas') ?? {};
  const kind = schemas['com.example.stable.v1.CronTab'];
  assert.deepEqual(kind?.['x-kubernetes-group-version-kind'], [{ group: 'stable.example.com', kind: 'CronTab', version: 'v1' }]);
  assert.deepEqual(at(kind, 'properties', 'spec', 'properties', 'replicas'), { description: 'How many.', type: 'integer', format: 'int64', minimum: 1 });
  assert.deepEqual(at(schemas, 'com.example.stable.v1.CronTabList', 'properties', 'items', 'items'), { $ref: '#/components/schemas/com.example.stable.v1.CronTab' });
  registry.remove('stable.example.com', 'crontabs');
  assert.equal(await openApi.v3('apis/stable.example.com/v1'), undefined);
  openApi.close();
});
