/** What goes wrong outside of the program: each fault has an answer that says what, where and what to do, and nothing is lost. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { eventually } from '../harness/bounded.ts';
import { Scratch, bundle } from '../harness/k8ts-program.ts';
import { Kubectl, findKubectl } from '../harness/kubectl.ts';
import { SmallDisk, whyNoSmallDisk } from '../harness/small-disk.ts';

const alone = ['--no-node', '--port', '0'] as const;
const runFolder = (): string[] => (existsSync('/run/k8ts') ? readdirSync('/run/k8ts') : []);
/** What the program says to the person, without the log lines before it. */
const lastWords = (stderr: string): string => stderr.split('\n').filter((line) => line.startsWith('k8ts: ')).join('\n');

describe('wrong input', () => {
  const scratch = new Scratch();
  after(() => scratch.close());
  const file = (name: string, text: string | Buffer): string => {
    writeFileSync(scratch.path(name), text);
    return scratch.path(name);
  };
  const cases: { name: string; args: () => string[]; code: number; says: RegExp }[] = [
    { name: 'an unknown flag', args: () => ['up', '--prot', '1'], code: 2, says: /unknown option '--prot'/ },
    { name: 'an unknown command', args: () => ['frobnicate'], code: 2, says: /unknown command 'frobnicate'/ },
    { name: 'a port that is none', args: () => ['server', '--port', '70000'], code: 2, says: /--port 70000 is not a port/ },
    { name: 'a range that is none', args: () => ['server', '--service-cidr', '10.96.0.1/16'], code: 2, says: /did you mean 10\.96\.0\.0\/16/ },
    { name: 'ranges that overlap', args: () => ['server', '--service-cidr', '10.244.128.0/20'], code: 2, says: /overlap/ },
    { name: 'etcd', args: () => ['server', '--datastore', 'http://127.0.0.1:2379'], code: 2, says: /not built yet/ },
    { name: 'an unknown setting', args: () => ['server', '--compat', 'steam'], code: 2, says: /--compat steam is not known/ },
    { name: 'no configuration file', args: () => ['server', '--config', scratch.path('none')], code: 2, says: /there is no such file/ },
    { name: 'a configuration file that is no YAML', args: () => ['server', '--config', file('bad.yaml', 'a: [')], code: 2, says: /not valid YAML/ },
    { name: 'an unknown option in it', args: () => ['server', '--config', file('odd.yaml', 'colour: blue')], code: 2, says: /unknown option "colour"/ },
    { name: 'a kubeconfig that cannot be parsed', args: () => ['up', '--no-node', '--data-dir', scratch.path('k'), '--kubeconfig', file('torn', 'clusters: [')], code: 1, says: /torn cannot be read as a kubeconfig and was left as it is: .*Mend or move it, or name another file with --kubeconfig/ },
    { name: 'a folder that is a file', args: () => ['server', ...alone, '--data-dir', file('plain', '')], code: 1, says: /plain is not a folder: choose another with --data-dir/ },
    { name: 'an address that is another machine’s', args: () => ['up', '--no-node', '--bind', '203.0.113.7', '--data-dir', scratch.path('b')], code: 1, says: /--bind 203\.0\.113\.7 is not an address of this machine/ },
  ];
  for (const { name, args, code, says } of cases) {
    it(`answers ${name} with one sentence`, async () => {
      const result = await scratch.k8ts(...args());
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, says);
      assert.doesNotMatch(result.stderr, /\n\s+at |Error:/);
    });
  }

  it('makes nothing before all of it was checked', () => {
    for (const name of ['k', 'b']) assert.equal(existsSync(scratch.path(name)), false);
    assert.equal(readFileSync(scratch.path('torn'), 'utf8'), 'clusters: [');
  });
});

describe('a busy port', () => {
  const scratch = new Scratch();
  const holder: Server = createServer();
  before(() => new Promise<void>((resolve) => holder.listen(0, '0.0.0.0', resolve)));
  after(async () => {
    await new Promise((resolve) => holder.close(resolve));
    await scratch.close();
  });

  for (const command of ['server', 'up']) {
    it(`is told by ${command} before anything else, and nothing is made`, async () => {
      const { port } = holder.address() as { port: number };
      const announced = runFolder();
      const { code, stdout, stderr } = await scratch.k8ts(command, '--port', String(port), '--data-dir', scratch.path('busy'));
      assert.deepEqual([code, stdout, stderr], [1, '', `k8ts: port ${port} is in use by another program: choose another with --port (0 picks a free one)\n`]);
      assert.equal(existsSync(scratch.path('busy')), false);
      assert.deepEqual(runFolder(), announced);
    });
  }
});

describe('a data directory that cannot be written', { skip: whyNoSmallDisk() }, () => {
  const scratch = new Scratch();
  let disk: SmallDisk;
  before(() => {
    disk = new SmallDisk(scratch.path('disk'), 4);
    mkdirSync(`${disk.folder}/data`);
    disk.makeReadOnly();
  });
  after(async () => {
    disk.close();
    await scratch.close();
  });

  for (const folder of ['data', 'new']) {
    it(`is told on a read-only disk (${folder})`, async () => {
      const { code, stderr } = await scratch.k8ts('up', ...alone, '--data-dir', `${disk.folder}/${folder}`);
      assert.deepEqual([code, stderr], [1, `k8ts: ${disk.folder}/${folder} is on a read-only file system: choose another folder with --data-dir\n`]);
    });
  }

  it('is told to a user who may not write there', () => {
    const folder = scratch.path('roots');
    mkdirSync(folder, { mode: 0o755 });
    chmodSync(scratch.folder, 0o755);
    const args = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, bundle, 'server', ...alone, '--data-dir', folder];
    const { status, stderr } = spawnSync('setpriv', args, { cwd: '/', env: { HOME: '/nonexistent' }, encoding: 'utf8' });
    assert.deepEqual([status, stderr], [1, `k8ts: ${folder} cannot be made or used by this user: run as root, or choose another folder with --data-dir\n`]);
  });
});

describe('a database that cannot be used', () => {
  const scratch = new Scratch();
  after(() => scratch.close());
  const folderWith = async (name: string, change: (file: string) => void): Promise<string> => {
    const folder = scratch.path(name);
    const server = await scratch.server(...alone, '--data-dir', folder);
    await server.stop('SIGTERM');
    change(`${folder}/state.db`);
    return folder;
  };
  const inDatabase = (sql: string) => (file: string): void => {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  };
  const cases = [
    { name: 'damaged', change: (file: string) => writeFileSync(file, Buffer.alloc(8192, 'x')), says: /^k8ts: \S+\/state\.db is damaged \(.*\): restore it from a backup, or move it away \(with its -wal file\) to start empty$/ },
    { name: 'of a newer version', change: inDatabase('PRAGMA user_version = 99'), says: /^k8ts: \S+\/state\.db was written by a newer k8ts \(its version is 99, this program knows \d+\): use that or a later release$/ },
    { name: "another program's", change: inDatabase('PRAGMA application_id = 1'), says: /^k8ts: \S+\/state\.db is a database of another program: choose another data directory$/ },
  ];
  for (const { name, change, says } of cases) {
    it(`is told when it is ${name}, by server and up, and stays as it is`, async () => {
      const folder = await folderWith(name.replaceAll(/\W/g, '-'), change);
      const before = readFileSync(`${folder}/state.db`);
      for (const command of ['server', 'up']) {
        const { code, stderr } = await scratch.k8ts(command, ...alone, '--data-dir', folder);
        assert.equal(code, 1);
        assert.match(lastWords(stderr), says);
      }
      assert.deepEqual(readFileSync(`${folder}/state.db`), before);
    });
  }
});

describe('a full disk', { skip: whyNoSmallDisk() }, () => {
  const scratch = new Scratch();
  let disk: SmallDisk;
  before(() => {
    disk = new SmallDisk(scratch.path('disk'), 32);
  });
  after(async () => {
    await scratch.close({ keepFolder: true });
    disk.close();
    await scratch.close();
  });

  it('refuses writes with a Status, goes on reading, goes on writing when there is room, and keeps what it acknowledged', async () => {
    const flags = [...alone, '--data-dir', disk.folder];
    const server = await scratch.server(...flags);
    const kubectl = new Kubectl(findKubectl(), await server.ready);
    const acknowledged: string[] = [];
    const create = async (name: string): Promise<{ code: number; stderr: string }> => {
      const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', labels: { test: 'full' } }, data: { text: name.repeat(20_000) } };
      const result = await kubectl.try(['create', '-f', '-'], JSON.stringify(manifest));
      if (result.code === 0) acknowledged.push(name);
      return result;
    };
    const names = async (): Promise<string[]> => (await kubectl.run('get', 'configmaps', '-n', 'default', '-l', 'test=full', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ').filter((name) => name !== '').sort();

    assert.equal((await create('before-0')).code, 0);
    disk.fill();
    // What SQLite holds in reserve takes a few more.
    let refused = '';
    for (let i = 1; refused === '' && i < 60; i++) refused = (await create(`before-${String(i)}`)).stderr;
    assert.match(refused, /^Error from server \(InternalError\): .*no room left for \S+\/state\.db: free space on its disk or raise the store's size limit; what is stored stays readable/);
    assert.deepEqual(await names(), [...acknowledged].sort());
    assert.match(await kubectl.run('get', '--raw', '/livez'), /ok/);

    disk.free();
    await eventually(() => create('after'), ({ code, stderr }) => code === 0 || /AlreadyExists/.test(stderr));
    assert.deepEqual(await names(), [...acknowledged].sort());
    await server.stop('SIGKILL');

    const again = await scratch.server(...flags);
    assert.deepEqual(await names(), [...acknowledged].sort(), `listening at ${await again.ready}`);
    assert.deepEqual(await again.stop('SIGTERM'), { code: 0, signal: null });
  });

  it('is told by up, which leaves nothing half made', async () => {
    disk.fill();
    const { code, stderr } = await scratch.k8ts('up', ...alone, '--data-dir', `${disk.folder}/other`);
    assert.equal(code, 1);
    assert.match(stderr, /^k8ts: (\S+: )?the disk (of \S+ )?is full: free some space and run again\n$/);
    assert.deepEqual(readdirSync(`${disk.folder}/other`), []);
  });
});
