import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../../apimachinery/object.ts';
import { decodeProtobuf, decodeWatchFrame, encodeMessage, encodeProtobuf, encodeProtobufList, encodeWatchFrame, wrapMessage, type ResolveKind } from '../../apimachinery/protobuf.ts';
import { builtinKinds, builtinKindSchema, builtinSchema } from './builtin.ts';
import { randomObject, seededRandom } from './random-object.ts';

const resolve: ResolveKind = builtinKindSchema;
const schemaOf = (apiVersion: string, kind: string) => resolve(apiVersion, kind) ?? assert.fail(`no form of ${kind}`);

test('random objects of every kind come back from protobuf', () => {
  const random = seededRandom(42);
  let kinds = 0;
  for (const { apiVersion, kind, typeName } of builtinKinds()) {
    const schema = builtinSchema(typeName);
    for (let i = 0; i < 3; i++) {
      const object = { ...randomObject(schema, random), apiVersion, kind } as unknown as AnyObject;
      if (schema.fields.has('metadata') && !('metadata' in object)) (object as Record<string, unknown>)['metadata'] = {};
      if (schema.fields.has('items') && !('items' in object)) (object as Record<string, unknown>)['items'] = [];
      assert.deepEqual(decodeProtobuf(encodeProtobuf(schema, object), resolve), object, `${apiVersion} ${kind}`);
    }
    kinds++;
  }
  assert.ok(kinds > 150);
});

test('a ConfigMap is written field by field in ascending order, without zeros', () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } };
  const expected = '6b387300' + '0a0f0a02763112' + '09436f6e6669674d6170' + '120d' + '0a030a0161' + '12060a016b120176' + '1a002200';
  assert.equal(Buffer.from(encodeProtobuf(schemaOf('v1', 'ConfigMap'), object)).toString('hex'), expected);
});

test('zeros are kept only where they mean something', () => {
  // spec { replicas(1): 0, minReadySeconds(5): 0, strategy(4): {} }, as client-go writes a Deployment.
  const message = Buffer.from('120608002800' + '2200', 'hex');
  const object = decodeProtobuf(wrapMessage('apps/v1', 'Deployment', message), resolve);
  assert.deepEqual(object, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: { replicas: 0, strategy: {} } });
});

test('the zero time is absent, large and negative numbers survive', () => {
  const schema = schemaOf('v1', 'Pod');
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ü', generation: 2 ** 52 + 1 }, spec: { containers: [], priority: -2147483648, activeDeadlineSeconds: -1 } };
  assert.deepEqual(decodeProtobuf(encodeProtobuf(schema, object), resolve), { ...object, spec: { priority: -2147483648, activeDeadlineSeconds: -1 } });
  assert.deepEqual(decodeProtobuf(wrapMessage('v1', 'Pod', Buffer.from('0a024200', 'hex')), resolve)['metadata'], {});
});

test('lists are put together from encoded items', () => {
  const pods = schemaOf('v1', 'Pod');
  const items = ['a', 'b'].map((name) => encodeMessage(pods, { metadata: { name } }));
  const meta = encodeMessage(builtinSchema('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta'), { resourceVersion: '7' });
  const list = decodeProtobuf(Buffer.concat(encodeProtobufList('v1', 'PodList', meta, items)), resolve);
  assert.deepEqual(list, { apiVersion: 'v1', kind: 'PodList', metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] });
});

test('watch frames', () => {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
  const frame = encodeWatchFrame('ADDED', encodeProtobuf(schemaOf('v1', 'Pod'), object));
  assert.deepEqual(decodeWatchFrame(Buffer.concat([frame, frame]), resolve), { type: 'ADDED', object, size: frame.length });
  assert.equal(decodeWatchFrame(frame.subarray(0, frame.length - 1), resolve), undefined);
});

test('bytes that are no message are refused', () => {
  assert.throws(() => decodeProtobuf(Buffer.from('{}'), resolve), { message: /does not appear to be a protobuf message/ });
  const whole = encodeProtobuf(schemaOf('v1', 'Pod'), { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'abc' } });
  for (let size = 5; size < whole.length - 4; size++) {
    try {
      decodeProtobuf(whole.subarray(0, size), resolve);
    } catch (error) {
      assert.equal((error as { code?: number }).code, 400);
    }
  }
  assert.throws(() => decodeProtobuf(wrapMessage('v1', 'Nothing', new Uint8Array()), resolve), { message: /no kind "Nothing" is registered/ });
});

test('the body of kubectl create deployment', () => {
  const body = Buffer.from(
    '6b3873000a150a07617070732f7631120a4465706c6f796d656e7412a3010a1b0a016412001a0022002a003200380042005a080a0361707012016412760802120a0a080a036170701201641a5e0a1a0a0012001a0022002a003200380042005a080a03617070120164124012220a056e67696e7812056e67696e782a0042006a007200800100880100900100a201001a00320042004a0052005800600068008201008a01009a0100c2010022020a00280038001a0c0800100018002000280038001a002200',
    'hex',
  );
  assert.deepEqual(decodeProtobuf(body, resolve), {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd', labels: { app: 'd' } },
    spec: {
      replicas: 2, selector: { matchLabels: { app: 'd' } }, strategy: {},
      template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'nginx', image: 'nginx', resources: {} }] } },
    },
    status: {},
  });
});

test('the body of kubectl create configmap', () => {
  const body = Buffer.from('6b3873000a0f0a0276311209436f6e6669674d6170121b0a110a016312001a0022002a0032003800420012060a016b1201761a002200', 'hex');
  assert.deepEqual(decodeProtobuf(body, resolve), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { k: 'v' } });
});
