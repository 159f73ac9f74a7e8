import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareObjects } from '../../apimachinery/field-manager/compare.ts';
import { createdFields } from '../../apimachinery/field-manager/created-fields.ts';
import { FieldSet } from '../../apimachinery/field-manager/field-set.ts';
import type { AnyObject } from '../../apimachinery/object.ts';
import { builtinKinds, builtinKindSchema, builtinSchema } from './builtin.ts';
import { randomObject, seededRandom } from './random-object.ts';

const unowned = ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'];

test('what the creator of an object owns is how it differs from nothing', () => {
  const random = seededRandom(7);
  let compared = 0;
  for (const { apiVersion, kind, typeName } of builtinKinds()) {
    const schema = builtinSchema(typeName);
    if (!schema.fields.has('metadata') || schema.fields.has('items')) continue;
    for (let i = 0; i < 5; i++) {
      const object = { metadata: {}, ...(randomObject(schema, random) as object), apiVersion, kind } as AnyObject;
      const bare = { apiVersion, kind, metadata: Object.fromEntries(Object.entries(object.metadata).filter(([key]) => unowned.includes(key))), status: (object as { status?: unknown }).status };
      const { added, modified } = compareObjects(schema, bare, object);
      const expected = added.union(modified);
      const fields = createdFields(schema, object, ['status']);
      assert.deepEqual(fields, expected.children.size === 0 ? undefined : expected.toJson(), `${apiVersion} ${kind}`);
      compared++;
    }
  }
  assert.ok(compared > 300);
});

test('fields are told in the order of their names, and twice the same tree', () => {
  const schema = builtinKindSchema('v1', 'Pod') ?? assert.fail();
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', labels: { b: '1', 'a"b': '2' } }, status: {}, spec: { containers: [{ name: 'c', livenessProbe: { periodSeconds: 1 }, ports: [{ containerPort: 1 }, { containerPort: 1 }, { containerPort: 2 }] }] } } as unknown as AnyObject;
  const fields = createdFields(schema, pod, ['status']) ?? assert.fail();
  assert.equal(
    JSON.stringify(fields),
    JSON.stringify({
      'f:metadata': { 'f:labels': { '.': {}, 'f:a"b': {}, 'f:b': {} } },
      'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:livenessProbe': { '.': {}, 'f:periodSeconds': {} }, 'f:name': {}, 'f:ports': { '.': {}, 'k:{"containerPort":1,"protocol":"TCP"}': {}, 'k:{"containerPort":2,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } }, 'f:resources': {} } } },
    }),
  );
  assert.equal(createdFields(schema, structuredClone(pod), ['status']), fields);
  assert.equal(createdFields(schema, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} } as AnyObject, []), undefined);
  assert.ok(FieldSet.fromJson(fields).has(['f:metadata', 'f:labels', 'f:b']));
});

test('a Deployment is owned as upstream tells it: what it always has by its fields only, all else with what holds it', () => {
  const schema = builtinKindSchema('apps/v1', 'Deployment') ?? assert.fail();
  const container = { name: 'c', image: 'i', resources: { requests: { cpu: '1' } }, livenessProbe: { httpGet: { path: '/', port: 80 }, timeoutSeconds: 1 }, securityContext: {} };
  const deployment = {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', labels: { app: 'd' } },
    spec: {
      replicas: 1, selector: { matchLabels: { app: 'd' } }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      template: { metadata: { labels: { app: 'd' } }, spec: { containers: [container], securityContext: {} } },
    },
  } as unknown as AnyObject;
  assert.deepEqual(createdFields(schema, deployment, ['status']), {
    'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
    'f:spec': {
      'f:replicas': {}, 'f:selector': {},
      'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} },
      'f:template': {
        'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
        'f:spec': {
          'f:containers': {
            'k:{"name":"c"}': {
              '.': {}, 'f:image': {}, 'f:name': {}, 'f:securityContext': {},
              'f:livenessProbe': { '.': {}, 'f:httpGet': { '.': {}, 'f:path': {}, 'f:port': {} }, 'f:timeoutSeconds': {} },
              'f:resources': { '.': {}, 'f:requests': { '.': {}, 'f:cpu': {} } },
            },
          },
          'f:securityContext': {},
        },
      },
    },
  });
});
