import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { createCgroup, removeCgroup } from '../containerd/cgroups.ts';
import type { Reservations } from './capacity.ts';
import { enforceReservations, missingGroups, reservedGroups } from './reserved-groups.ts';

const reservations: Reservations = {
  systemReserved: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '1Gi' }, systemReservedCgroup: '/system.slice',
  kubeReserved: { cpu: '250m', memory: '512Mi', pid: '1000' }, kubeReservedCgroup: '/kube.slice',
};

test('whom the kernel holds to what is reserved', () => {
  const limits = (enforced: Reservations['enforced']) => reservedGroups({ ...reservations, enforced });
  const system = { group: '/system.slice', limits: { cpuShares: 512, memoryBytes: 1024 ** 3 } };
  const kube = { group: '/kube.slice', limits: { cpuShares: 256, memoryBytes: 512 * 1024 ** 2, pids: 1000 } };
  assert.deepEqual(reservedGroups(reservations), []);
  assert.deepEqual(limits(['pods']), []);
  assert.deepEqual(limits(['pods', 'system-reserved', 'kube-reserved']), [system, kube]);
  assert.deepEqual(limits(['kube-reserved-compressible']), [{ group: '/kube.slice', limits: { cpuShares: 256 } }]);
});

test('a group that the machine does not have', () => {
  assert.deepEqual(missingGroups({ ...reservations, kubeReservedCgroup: '/k8ts-no-such-group', enforced: ['kube-reserved'] }), ['/k8ts-no-such-group']);
});

test('the groups are limited by the kernel', { skip: process.getuid?.() === 0 ? false : 'needs root' }, async () => {
  const group = '/k8ts-reserved-test';
  const file = existsSync('/sys/fs/cgroup/cgroup.controllers') ? `/sys/fs/cgroup${group}/memory.max` : `/sys/fs/cgroup/memory${group}/memory.limit_in_bytes`;
  const chosen: Reservations = { systemReserved: { cpu: '500m', memory: '64Mi' }, systemReservedCgroup: group, enforced: ['pods', 'system-reserved'] };
  createCgroup(group);
  try {
    assert.deepEqual(missingGroups(chosen), []);
    enforceReservations(chosen);
    assert.equal(Number(readFileSync(file, 'utf8')), 64 << 20);
  } finally {
    await removeCgroup(group, systemClock);
  }
  enforceReservations(chosen);
  assert.equal(existsSync(file), false, 'groups of others are not made');
});
