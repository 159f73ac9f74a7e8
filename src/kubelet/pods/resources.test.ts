import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../resources/types/core-v1.ts';
import { overheadResources, podLimits, podRequest, podResources, qosClass } from './resources.ts';

const mi = 1 << 20;
const pod: Pod = {
  metadata: { name: 'p' },
  spec: { overhead: { cpu: '250m', memory: '120Mi' }, containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' }, limits: { cpu: '500m', memory: '64Mi' } } }] },
};

test('what a Pod costs beside its containers is room on the node and in its group, and no container\'s', () => {
  assert.deepEqual([podRequest(pod, 'cpu'), podRequest(pod, 'memory')], [350, 184 * mi]);
  assert.deepEqual(podLimits(pod), { cpuShares: 358, cpuQuota: 75_000, memoryBytes: 184 * mi });
  assert.deepEqual(overheadResources(pod), { cpuShares: 256, cpuPeriod: 100_000, cpuQuota: 25_000, memoryLimitInBytes: 120 * mi });
  assert.deepEqual(podResources(pod), { cpuShares: 102, cpuPeriod: 100_000, cpuQuota: 50_000, memoryLimitInBytes: 64 * mi });
  assert.equal(qosClass(pod), 'Burstable');
});

test('a Pod without limits gets none by its cost', () => {
  const free: Pod = { metadata: {}, spec: { overhead: { cpu: '250m', memory: '120Mi' }, containers: [{ name: 'c', image: 'i' }] } };
  assert.deepEqual(podLimits(free), { cpuShares: 2 });
  assert.equal(qosClass(free), 'BestEffort');
});
