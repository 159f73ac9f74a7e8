import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { callingUser, defaultKubeconfig, ownerFor } from './calling-user.ts';

describe('whose kubeconfig', () => {
  // Debian's first system user, whose home every machine has.
  const sudo = { SUDO_UID: '1', SUDO_GID: '1', HOME: '/root' };

  it("is the caller's under sudo", () => {
    const user = callingUser(sudo, 0);
    assert.deepEqual(user.owner, { uid: 1, gid: 1 });
    assert.equal(defaultKubeconfig(user, sudo), path.join(user.home, '.kube', 'config'));
    assert.notEqual(user.home, '/root');
  });

  it("is one's own otherwise", () => {
    assert.deepEqual(callingUser({ HOME: '/home/me' }, 1000), { home: '/home/me', owner: undefined });
    assert.deepEqual(callingUser({ HOME: '/root' }, 0), { home: '/root', owner: undefined });
    assert.deepEqual(callingUser({ ...sudo, HOME: '/home/me' }, 1000), { home: '/home/me', owner: undefined });
  });

  it('is the first file of $KUBECONFIG that exists, else the last one', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-user-'));
    try {
      const files = ['a', 'b', 'c'].map((name) => path.join(folder, name));
      const env = { KUBECONFIG: files.join(path.delimiter) };
      const user = callingUser({ HOME: folder }, 1000);
      assert.equal(defaultKubeconfig(user, env), files[2]);
      writeFileSync(files[1] ?? '', '');
      assert.equal(defaultKubeconfig(user, env), files[1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('keeps the owner of a file that is elsewhere', () => {
    const user = callingUser(sudo, 0);
    assert.equal(ownerFor('/etc/passwd', user), undefined);
    assert.deepEqual(ownerFor('/nowhere/config', user), { uid: 1, gid: 1 });
    assert.deepEqual(ownerFor(path.join(user.home, '.kube', 'config'), user), { uid: 1, gid: 1 });
  });
});
