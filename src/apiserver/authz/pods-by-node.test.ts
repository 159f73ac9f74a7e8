import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedObject, encodeStored } from '../../storage/cached-object.ts';
import { ResourceCache } from '../../storage/resource-cache.ts';
import { PodsByNode } from './pods-by-node.ts';

let revision = 1;
const podOf = (name: string, nodeName?: string): CachedObject =>
  new CachedObject(`/registry/pods/default/${name}`, revision++, encodeStored({ kind: 'Pod', apiVersion: 'v1', metadata: { name, namespace: 'default' }, spec: nodeName === undefined ? {} : { nodeName } }), undefined);
const names = (pods: PodsByNode, node: string, namespace = 'default') => pods.of(node, namespace).map(({ metadata }) => metadata.name);

test('Pods are known by their node from the moment they are published', () => {
  const cache = new ResourceCache(0);
  cache.load([podOf('a', 'n1'), podOf('b')]);
  const pods = new PodsByNode(cache);
  assert.deepEqual(names(pods, 'n1'), ['a']);
  const publish = (object: CachedObject, deleted = false): void => cache.publish([{ key: object.key, object, deleted }], 0);
  publish(podOf('b', 'n1'));
  publish(podOf('c', 'n2'));
  assert.deepEqual([names(pods, 'n1'), names(pods, 'n2'), names(pods, 'n1', 'other')], [['a', 'b'], ['c'], []]);
  // A Pod of the same name on another node.
  publish(podOf('a', 'n2'));
  publish(podOf('b', 'n1'), true);
  assert.deepEqual([names(pods, 'n1'), names(pods, 'n2')], [[], ['c', 'a']]);
});
