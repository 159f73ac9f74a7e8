import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocatableOf, podsLimits } from './capacity.ts';

const capacity = { cpu: '4', memory: '8388608Ki', 'ephemeral-storage': '100Gi', pods: '110' };

test('allocatable is capacity less the thresholds of eviction and what is reserved', () => {
  assert.deepEqual(allocatableOf(capacity), { ...capacity, memory: `${8388608 - 100 * 1024}Ki`, 'ephemeral-storage': String(90 * 1024 ** 3) });
  const reservations = { systemReserved: { cpu: '250m', memory: '512Mi' }, kubeReserved: { cpu: '250m', 'ephemeral-storage': '1Gi' }, eviction: { evictionHard: { 'memory.available': '5%', 'nodefs.available': '0%' } } };
  assert.deepEqual(allocatableOf(capacity, reservations), { ...capacity, cpu: '3500m', memory: `${8388608 - 524288 - Math.floor(8388608 / 20) - 1}Ki`, 'ephemeral-storage': String(99 * 1024 ** 3) });
  assert.deepEqual(podsLimits(capacity, reservations), { memoryBytes: 8 * 1024 ** 3 - 512 * 1024 ** 2, cpuShares: 3584 });
  assert.equal(podsLimits(capacity, {}), undefined);
});
