import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { deviceClass } from '../../testing/devices.ts';
import { classesByResource, extendedRequests } from './extended-resources.ts';

const resource = 'example.com/gpu';
const classes = new Map([[resource, deviceClass('gpu')]]);
const container = (name: string, count: number, more: Partial<corev1.Container> = {}): corev1.Container => ({ name, image: 'i', ...(count > 0 ? { resources: { requests: { cpu: '1', [resource]: String(count) } } } : {}), ...more });
const asked = (first: readonly corev1.Container[], containers: readonly corev1.Container[]): [requests: string[], mappings: string[]] => {
  const { requests, mappings } = extendedRequests({ metadata: {}, spec: { initContainers: first, containers } }, classes);
  return [requests.map(({ name, exactly }) => `${name} ${exactly?.count ?? 0}`), mappings.map(({ containerName, requestName }) => `${containerName} ${requestName}`)];
};

const cases: readonly [name: string, first: readonly corev1.Container[], containers: readonly corev1.Container[], expected: ReturnType<typeof asked>][] = [
  ['containers ask for their own', [], [container('a', 2), container('none', 0), container('b', 1)], [['container-0-request-1 2', 'container-2-request-1 1'], ['a container-0-request-1', 'b container-2-request-1']]],
  ['what ends first uses the devices of what comes later', [container('i', 1)], [container('a', 2)], [['container-1-request-1 2'], ['a container-1-request-1', 'i container-1-request-1']]],
  ['and asks for what it lacks', [container('i', 3), container('j', 4)], [container('a', 2)], [['container-1-request-1 2', 'container-2-request-1 2'], ['a container-2-request-1', 'i container-2-request-1', 'j container-2-request-1', 'i container-1-request-1', 'j container-1-request-1']]],
  ['a sidecar keeps its own, and what came before it may use them', [container('i', 1), container('s', 1, { restartPolicy: 'Always' }), container('j', 1)], [container('a', 0)], [['container-1-request-1 1', 'container-2-request-1 1'], ['s container-1-request-1', 'i container-1-request-1', 'j container-2-request-1']]],
];
for (const [name, first, containers, expected] of cases) test(`extended resources: ${name}`, () => assert.deepEqual(asked(first, containers), expected));

test('the youngest class of a resource counts, and every class has a resource of its own name', () => {
  const named = (name: string, creationTimestamp: string) => ({ ...deviceClass(name, { extendedResourceName: resource }), metadata: { name, creationTimestamp } });
  const found = classesByResource([named('young', '2026-01-02T00:00:00Z'), named('old', '2026-01-01T00:00:00Z')]);
  assert.equal(found.get(resource)?.metadata.name, 'young');
  assert.equal(found.get('deviceclass.resource.kubernetes.io/old')?.metadata.name, 'old');
});
