/** The program's own behaviour: starting, stopping, being killed. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { Scratch } from '../harness/k8ts-program.ts';
import { Kubectl, findKubectl } from '../harness/kubectl.ts';

const alone = ['--no-node', '--port', '0'] as const;

describe('k8ts server', () => {
  const scratch = new Scratch();
  const kubectl = (kubeconfig: string): Kubectl => new Kubectl(findKubectl(), kubeconfig);
  after(() => scratch.close());

  it('prints its kubeconfig when ready, and leaves nothing behind when it only lived in memory', async () => {
    const server = await scratch.server(...alone, '--datastore', 'memory');
    const kubeconfig = await server.ready;
    assert.match(await kubectl(kubeconfig).run('get', 'namespaces', '-o', 'name'), /namespace\/kube-system/);
    assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null });
    assert.equal(existsSync(kubeconfig), false);
    assert.equal(existsSync(scratch.kubeconfig), false, 'no other kubeconfig is touched');
  });

  it('lets simulated Pods take their time, where it is told to', async () => {
    const server = await scratch.server(...alone, '--datastore', 'memory', '--simulated-nodes', '1', '--simulated-stages', 'general');
    const client = kubectl(await server.ready);
    await eventually(() => client.try(['run', 'web', '--image=site:1']), ({ code, stderr }) => code === 0 || /AlreadyExists/.test(stderr));
    // What the first of kwok's general stages leaves on a Pod; the fast ones leave nothing.
    await eventually(() => client.run('get', 'pod', 'web', '-o', 'jsonpath={.metadata.finalizers}'), (text) => text.includes('kwok.x-k8s.io/fake'));
    assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null });
  });

  it('runs beside another instance, each with its own objects', async () => {
    const servers = await Promise.all(['one', 'two'].map((name) => scratch.server(...alone, '--data-dir', scratch.path(name), '--name', name)));
    const [one, two] = await Promise.all(servers.map(async (server) => kubectl(await server.ready)));
    assert.ok(one && two);
    await one.run('create', 'namespace', 'only-here');
    assert.match(await one.run('get', 'namespaces'), /only-here/);
    assert.doesNotMatch(await two.run('get', 'namespaces'), /only-here/);
    const contexts = await kubectl(scratch.kubeconfig).run('config', 'get-contexts', '-o', 'name');
    assert.deepEqual(contexts.trim().split('\n').sort(), ['one', 'two']);
    for (const server of servers) assert.equal((await server.stop('SIGTERM')).code, 0);
  });

  it('refuses a second server in the same folder and leaves the first alone', async () => {
    const folder = scratch.path('shared');
    const first = await scratch.server(...alone, '--data-dir', folder);
    const second = await scratch.k8ts('server', ...alone, '--data-dir', folder);
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`a cluster already runs in .*process ${first.pid}`));
    assert.match(await kubectl(await first.ready).run('get', 'namespaces', '-o', 'name'), /default/);
    await first.stop('SIGTERM');
  });

  it('ends watches when it is told to stop', async () => {
    const server = await scratch.server(...alone, '--data-dir', scratch.path('watched'));
    const client = kubectl(await server.ready);
    const watch = client.start('get', 'namespaces', '-w');
    await watch.prints(/kube-system/);
    assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null });
    await watch.stop();
  });

  it('keeps what was acknowledged when it is killed', async () => {
    const flags = [...alone, '--data-dir', scratch.path('killed')];
    const first = await scratch.server(...flags);
    const client = kubectl(await first.ready);
    for (const name of ['a', 'b', 'c']) await client.run('create', 'configmap', name);
    assert.equal((await first.stop('SIGKILL')).signal, 'SIGKILL');
    const second = await scratch.server(...flags);
    const again = kubectl(await second.ready);
    assert.deepEqual((await again.run('get', 'configmaps', '-o', 'name', '-n', 'default')).match(/configmap\/[abc]$/gm), ['configmap/a', 'configmap/b', 'configmap/c']);
    assert.equal((await second.stop('SIGTERM')).code, 0);
  });

  it('merges its context beside others', async () => {
    const file = scratch.path('merged');
    writeFileSync(file, 'apiVersion: v1\nkind: Config\nclusters: [{name: work, cluster: {server: "https://example.com"}}]\nusers: [{name: work, user: {token: x}}]\ncontexts: [{name: work, context: {cluster: work, user: work}}]\ncurrent-context: work\n');
    const server = await scratch.server(...alone, '--data-dir', scratch.path('merging'), '--kubeconfig', file);
    const client = kubectl(file);
    assert.equal((await client.run('config', 'current-context')).trim(), 'k8ts');
    assert.equal(await client.run('config', 'view', '-o', 'jsonpath={.clusters[?(@.name=="work")].cluster.server}'), 'https://example.com');
    await server.stop('SIGTERM');
    const down = await scratch.k8ts('down', '--purge', '--data-dir', scratch.path('merging'));
    assert.equal(down.code, 0);
    assert.equal((await client.run('config', 'get-contexts', '-o', 'name')).trim(), 'work');
    assert.equal(existsSync(scratch.path('merging')), false);
  });

  it('keeps its secrets to its owner', async () => {
    const folder = scratch.path('private');
    const server = await scratch.server(...alone, '--data-dir', folder);
    for (const name of ['admin.kubeconfig', 'state.db', 'server.json', 'pki/ca.key', 'pki/sa.key']) assert.equal(statSync(`${folder}/${name}`).mode & 0o077, 0, name);
    await server.stop('SIGTERM');
  });
});

describe('k8ts up and down', () => {
  const scratch = new Scratch();
  const folder = scratch.path('data');
  const flags = ['--no-node', '--port', '0', '--data-dir', folder];
  after(async () => {
    await scratch.k8ts('down', '--purge', '--data-dir', folder);
    await scratch.close();
  });

  it('starts in the background and ends with the context and two commands', async () => {
    const { code, stdout } = await scratch.k8ts('up', ...flags);
    assert.equal(code, 0);
    assert.match(stdout, /context is k8ts/);
    assert.equal(stdout.match(/^ {4}kubectl /gm)?.length, 2);
    assert.match(await new Kubectl(findKubectl(), scratch.kubeconfig).run('get', 'namespaces'), /kube-system +Active/);
  });

  it('changes nothing when run again, and names flags that differ', async () => {
    const before = readFileSync(`${folder}/server.json`, 'utf8');
    const again = await scratch.k8ts('up', ...flags);
    assert.equal(again.code, 0);
    assert.match(again.stdout, /nothing to do/);
    const other = await scratch.k8ts('up', ...flags, '--service-cidr', '10.97.0.0/16');
    assert.equal(other.code, 1);
    assert.match(other.stderr, /--service-cidr 10\.96\.0\.0\/16 instead of 10\.97\.0\.0\/16/);
    assert.equal(readFileSync(`${folder}/server.json`, 'utf8'), before);
  });

  it('tells its status', async () => {
    const { code, stdout } = await scratch.k8ts('status', '-o', 'json', '--data-dir', folder);
    const status = JSON.parse(stdout) as { state: string; context: string; server: string };
    assert.equal(code, 0);
    assert.deepEqual([status.state, status.context], ['running', 'k8ts']);
    assert.match((await scratch.k8ts('logs', '--data-dir', folder)).stdout, /the API is ready/);
  });

  it('gives others access of their own', async () => {
    const { stdout } = await scratch.k8ts('kubeconfig', '--user', 'jane', '--group', 'dev', '--data-dir', folder);
    const file = scratch.path('jane');
    writeFileSync(file, stdout, { mode: 0o600 });
    const { stderr } = await new Kubectl(findKubectl(), file).try(['get', 'pods']);
    assert.match(stderr, /User "jane" cannot list resource "pods"/);
  });

  it('ends it, and keeps the data until it is purged', async () => {
    assert.equal((await scratch.k8ts('down', '--data-dir', folder)).code, 0);
    assert.equal((await scratch.k8ts('status', '--data-dir', folder)).code, 1);
    assert.ok(readdirSync(folder).includes('state.db'));
    writeFileSync(`${folder}/thesis.txt`, 'mine');
    const purged = await scratch.k8ts('down', '--purge', '--data-dir', folder);
    assert.match(purged.stdout, /deleted .*state\.db/);
    assert.deepEqual(readdirSync(folder), ['thesis.txt']);
  });

  it('leaves a stranger alone whose process id is the old one', async () => {
    const other = scratch.path('stale');
    const server = await scratch.server('--no-node', '--port', '0', '--data-dir', other);
    await server.stop('SIGKILL');
    const state = JSON.parse(readFileSync(`${other}/server.json`, 'utf8')) as { process: { pid: number } };
    writeFileSync(`${other}/server.json`, JSON.stringify({ ...state, process: { ...state.process, pid: process.pid } }));
    const { code, stdout } = await scratch.k8ts('down', '--data-dir', other);
    assert.equal(code, 0);
    assert.match(stdout, /No server was running/);
  });
});
