/**
 * `sudo ./k8ts up` in somebody's clone: the context is theirs, and nothing in the clone becomes root's. With a real second user, who is
 * made for the test and removed after it.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, lchownSync, mkdirSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findKubectl } from '../harness/kubectl.ts';

const root = path.resolve(import.meta.dirname, '../..');
const user = `k8tstest${process.pid}`;

function whyNoSecondUser(): string | false {
  if (process.getuid?.() !== 0) return 'making a user needs root';
  const missing = ['useradd', 'userdel', 'setpriv', 'git'].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return missing.length > 0 ? `needs ${missing.join(', ')}` : false;
}

const run = (program: string, ...args: readonly string[]): string => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('k8ts under sudo', { skip: whyNoSecondUser() }, () => {
  let home: string;
  let clone: string;
  let uid: number;
  let gid: number;
  const dataDir = `/tmp/k8ts-sudo-${process.pid}`;

  /** As sudo starts it: root, with the caller's names in the environment and root's home. */
  const sudo = (...args: readonly string[]) => {
    const { KUBECONFIG: _kubeconfig, ...environment } = process.env;
    const env = { ...environment, HOME: '/root', SUDO_USER: user, SUDO_UID: String(uid), SUDO_GID: String(gid), K8TS_NODE: process.execPath };
    return spawnSync('./k8ts', args, { cwd: clone, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  };

  before(() => {
    run('useradd', '--create-home', '--base-dir', '/tmp', '--shell', '/bin/sh', user);
    home = realpathSync(`/tmp/${user}`);
    uid = Number(run('id', '-u', user));
    gid = Number(run('id', '-g', user));
    clone = path.join(home, 'clone');
    for (const file of run('git', '-C', root, 'ls-files').split('\n').filter((name) => name !== '')) {
      mkdirSync(path.dirname(path.join(clone, file)), { recursive: true });
      cpSync(path.join(root, file), path.join(clone, file));
    }
    symlinkSync(realpathSync(path.join(root, 'node_modules')), path.join(clone, 'node_modules'));
    run('chown', '-R', '--no-dereference', `${uid}:${gid}`, clone);
    lchownSync(path.join(clone, 'node_modules'), uid, gid);
  });
  after(() => {
    sudo('down', '--purge', '--data-dir', dataDir);
    run('userdel', user);
    rmSync(home, { recursive: true });
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('builds and starts, and the context lands in the kubeconfig of the user who called', () => {
    const { status, stdout, stderr } = sudo('up', '--no-node', '--port', '0', '--data-dir', dataDir);
    assert.equal(status, 0, stderr);
    assert.match(stdout, new RegExp(`context is k8ts \\(in ${home}/\\.kube/config\\)`));
    const { uid: owner, gid: group, mode } = statSync(`${home}/.kube/config`);
    assert.deepEqual([owner, group, mode & 0o777], [uid, gid, 0o600]);
    assert.equal(statSync(`${home}/.kube`).uid, uid);
  });

  it('that user can use it', () => {
    const names = spawnSync('setpriv', [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', realpathSync(findKubectl()), 'get', 'namespaces', '-o', 'name'], { env: { HOME: home }, cwd: home, encoding: 'utf8' });
    assert.match(names.stdout, /namespace\/kube-system/, names.stderr);
  });

  it('leaves nothing of root in the clone, and nothing of the instance to others', () => {
    assert.equal(run('find', home, '-uid', '0', '-not', '-path', `${home}/.kube/cache/*`), '');
    assert.equal(statSync(dataDir).uid, 0);
    assert.equal(statSync(`${dataDir}/admin.kubeconfig`).mode & 0o077, 0);
  });

  it('takes the context away again when purged; the file stays the user’s', () => {
    assert.equal(sudo('down', '--purge', '--data-dir', dataDir).status, 0);
    assert.equal(statSync(`${home}/.kube/config`).uid, uid);
    assert.equal(run('find', home, '-uid', '0'), '');
  });
});
