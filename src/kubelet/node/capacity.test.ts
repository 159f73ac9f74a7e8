import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocatableOf, overReserved, podsLimits } from './capacity.ts';

const capacity = { cpu: '4', memory: '8388608Ki', 'ephemeral-storage': '100Gi', pods: '110' };

test('allocatable is capacity less the thresholds of eviction and what is reserved', () => {
  assert.deepEqual(allocatableOf(capacity), { ...capacity, memory: `${8388608 - 100 * 1024}Ki`, 'ephemeral-storage': String(90 * 1024 ** 3) });
  const reservations = { systemReserved: { cpu: '250m', memory: '512Mi' }, kubeReserved: { cpu: '250m', 'ephemeral-storage': '1Gi' }, eviction: { evictionHard: { 'memory.available': '5%', 'nodefs.available': '0%' } } };
  assert.deepEqual(allocatableOf(capacity, reservations), { ...capacity, cpu: '3500m', memory: `${8388608 - 524288 - Math.floor(8388608 / 20) - 1}Ki`, 'ephemeral-storage': String(99 * 1024 ** 3) });
  assert.deepEqual(podsLimits(capacity, reservations, 1000), { memoryBytes: 8 * 1024 ** 3 - 512 * 1024 ** 2, pids: -1, cpuShares: 3584 });
  assert.deepEqual(podsLimits(capacity, { kubeReserved: { pid: '100' } }, 1000), { memoryBytes: -1, pids: 900, cpuShares: 4096 });
  assert.deepEqual(podsLimits(capacity, { ...reservations, enforced: [] }, 1000), { memoryBytes: -1, pids: -1, cpuShares: 4096 });
});

test('more than there is cannot be reserved', () => {
  assert.equal(overReserved(capacity, { systemReserved: { cpu: '2', memory: '1Gi' }, kubeReserved: { cpu: '2', pid: '5' } }), undefined);
  assert.equal(overReserved(capacity, { systemReserved: { cpu: '2' }, kubeReserved: { cpu: '2001m' } }), '4001m of cpu are reserved, and the machine has 4');
  assert.equal(overReserved(capacity, { kubeReserved: { memory: '9Gi' } }), '9Gi of memory are reserved, and the machine has 8388608Ki');
});
