import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema } from '../../apimachinery/schema.ts';
import { builtinKinds, builtinSchema, builtinTypeNames, typeOfKind } from './builtin.ts';
import { builtinPaths } from './paths.ts';

test('a Pod has its fields with merge keys, list types and protobuf numbers', () => {
  const spec = builtinSchema('io.k8s.api.core.v1.Pod').fields.get('spec')?.schema;
  assert.equal(spec?.type, 'struct');
  const containers = spec.fields.get('containers');
  assert.deepEqual(
    { required: containers?.required, key: containers?.patchMergeKey, strategy: containers?.patchStrategy, pb: containers?.protobuf?.number },
    { required: true, key: 'name', strategy: 'merge', pb: 2 },
  );
  assert.equal(containers?.schema.type, 'list');
  assert.deepEqual([containers.schema.listType, containers.schema.listMapKeys], ['map', ['name']]);
  assert.deepEqual(builtinSchema('io.k8s.api.core.v1.Volume').fields.get('configMap')?.protobuf, { number: 19, via: [2] });
});

test('self-referring types work', () => {
  const props = builtinSchema('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
  assert.equal(props.fields.get('not')?.schema, props);
});

test('every type of the table can be built and every field has a place in protobuf', () => {
  const seen = new Set<Schema>();
  const homeless: string[] = [];
  for (const name of builtinTypeNames()) {
    const schema = builtinSchema(name);
    seen.add(schema);
    for (const [field, { protobuf }] of schema.fields) {
      if (!protobuf && field !== 'apiVersion' && field !== 'kind' && !name.endsWith('version.Info')) homeless.push(`${name}.${field}`);
    }
    const numbers = [...schema.fields.values()].flatMap(({ protobuf }) => (protobuf ? [[...(protobuf.via ?? []), protobuf.number].join('.')] : []));
    assert.equal(new Set(numbers).size, numbers.length, `${name} uses a protobuf number twice`);
  }
  assert.deepEqual(homeless, []);
  assert.ok(seen.size > 900);
});

test('kinds are found by group, version and kind', () => {
  assert.equal(typeOfKind('apps', 'v1', 'Deployment'), 'io.k8s.api.apps.v1.Deployment');
  assert.equal(typeOfKind('', 'v1', 'Status'), 'io.k8s.apimachinery.pkg.apis.meta.v1.Status');
  assert.equal(typeOfKind('batch', 'v1', 'DeleteOptions'), 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
  assert.equal(typeOfKind('extensions', 'v1beta1', 'Ingress'), 'io.k8s.api.extensions.v1beta1.Ingress');
  assert.equal(typeOfKind('apps', 'v1', 'PodSpec'), undefined);
  assert.equal(typeOfKind('', 'v1', 'PodSpec'), undefined);
});

test('each resource path has a kind with a form', () => {
  const missing = builtinPaths().filter(({ group, version, kind }) => typeOfKind(group, version, kind) === undefined);
  assert.deepEqual(missing, []);
  const pods = builtinPaths().find(({ group, plural }) => group === '' && plural === 'pods');
  assert.equal(pods?.namespaced, true);
  assert.deepEqual(pods.subresources['eviction'], { kind: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: ['create'] });
  assert.deepEqual(pods.subresources['exec']?.verbs, ['create', 'get']);
  assert.ok([...builtinKinds()].some(({ kind, apiVersion }) => kind === 'CronJob' && apiVersion === 'batch/v1beta1'));
});
