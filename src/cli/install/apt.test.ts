import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSimulation } from './apt.ts';

test('a simulation says what would come and what would go', () => {
  const output = `Reading package lists...
NOTE: This is only a simulation!
Remv containerd.io [1.7.20-1]
Inst runc (1.1.5+ds1-1+deb12u1 Debian:12.11/stable [amd64])
Inst containerd (1.6.20~ds1-1+deb12u1 Debian:12.11/stable [amd64])
Conf runc (1.1.5+ds1-1+deb12u1 Debian:12.11/stable [amd64])
`;
  assert.deepEqual(readSimulation(output), { installs: ['runc', 'containerd'], removes: ['containerd.io'] });
});
