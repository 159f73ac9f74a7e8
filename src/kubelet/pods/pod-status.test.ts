import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Pod } from '../../resources/types/core-v1.ts';
import { podStatus, type PodStatusInputs } from './pod-status.ts';

const named = (...names: string[]): { name: string; image: string }[] => names.map((name) => ({ name, image: 'i' }));
const nothingRuns: PodStatusInputs = {
  seen: { sandboxes: [], sandbox: undefined, ips: [], containers: [] }, runtimeName: 'containerd', waiting: new Map(), over: false, hostIPs: ['192.0.2.2'], startTime: 0, now: 0,
  ready: () => true, started: () => true, terminationMessage: () => undefined,
};

test('containers are listed by name, init containers as they run', () => {
  const pod: Pod = { metadata: { name: 'p', namespace: 'd', uid: 'u' }, spec: { containers: named('timecheck', 'logger', 'healthz'), initContainers: named('second', 'first') } };
  const status = podStatus(pod, nothingRuns, undefined);
  assert.deepEqual(status.containerStatuses?.map(({ name }) => name), ['healthz', 'logger', 'timecheck']);
  assert.deepEqual(status.initContainerStatuses?.map(({ name }) => name), ['second', 'first']);
  const unready = status.conditions?.find(({ type }) => type === 'ContainersReady');
  assert.equal(unready?.message, 'containers with unready status: [timecheck logger healthz]');
});
