import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { startContainerd, type Containerd } from '../../../src/kubelet/containerd/containerd.ts';
import { instancePaths } from '../../../src/kubelet/containerd/instance-paths.ts';
import { mountTmpfs } from '../../../src/kubelet/containerd/mounts.ts';
import { stopContainerd } from '../../../src/kubelet/containerd/teardown.ts';
import { ContainerState } from '../../../src/kubelet/cri/messages.ts';
import { ensurePauseImage, importImageBytes } from '../../../src/kubelet/images/import.ts';
import { configurePodNetwork } from '../../../src/kubelet/network/pod-network.ts';
import { busyboxImage, busyboxName } from '../../harness/busybox-image.ts';

const dataDir = mkdtempSync('/tmp/k8ts-containerd-');
const options = { dataDir, clock: systemClock, log: silentLogger };
let containerd: Containerd;

const announcement = path.join(instancePaths(dataDir).stateDir, 'ranges.json');

before(async () => {
  mkdirSync(path.dirname(announcement), { recursive: true });
  writeFileSync(announcement, '{}\n');
  containerd = await startContainerd(options);
  configurePodNetwork(containerd.paths, { podCidrs: ['10.231.7.0/24'] });
  await ensurePauseImage(containerd);
});

after(async () => {
  await containerd.close();
  await stopContainerd(options);
  rmSync(dataDir, { recursive: true });
});

test('the state lies in memory, with what was there before', () => {
  const tmpfs = 0x01021994;
  assert.equal(statfsSync(containerd.paths.containerdState).type, tmpfs);
  assert.equal(readFileSync(announcement, 'utf8'), '{}\n');
});

test('what a start that was cut short has left goes with the instance', async () => {
  const half = { ...options, dataDir: mkdtempSync('/tmp/k8ts-cut-short-') };
  const fresh = `${instancePaths(half.dataDir).stateDir}.fresh`;
  mkdirSync(fresh, { recursive: true });
  mountTmpfs(fresh, 'mode=0711');
  writeFileSync(path.join(fresh, 'ranges.json'), '{}\n');
  await stopContainerd(half);
  assert.equal(existsSync(fresh), false);
  rmSync(half.dataDir, { recursive: true });
});

test('an image archive with two names is imported under both', async () => {
  const names = [busyboxName, 'docker.io/library/busybox:other'];
  assert.deepEqual(await importImageBytes(containerd, busyboxImage({ names })), names);
  const image = await containerd.cri.images.imageStatus('busybox:test');
  assert.deepEqual([...(image?.repoTags ?? [])].sort(), [...names].sort());
});

test('a sandbox and a container run, print to a log, answer an exec, and outlive the agent', async () => {
  const { runtime } = containerd.cri;
  const logs = path.join(dataDir, 'logs');
  const sandbox = {
    metadata: { name: 'p', namespace: 'default', uid: 'u1', attempt: 0 }, hostname: 'p', logDirectory: logs,
    linux: { cgroupParent: `${containerd.paths.cgroupParent}/pods/u1`, securityContext: { namespaceOptions: { pid: 1 } } },
  };
  const sandboxId = await runtime.runPodSandbox(sandbox);
  assert.match((await runtime.podSandboxStatus(sandboxId)).network?.ip ?? '', /^10\.231\.7\.\d+$/);
  const id = await runtime.createContainer(sandboxId, {
    metadata: { name: 'c', attempt: 0 }, image: { image: busyboxName }, command: ['sh', '-c', 'echo hello; exec sleep 1000'], logPath: 'c.log',
    linux: { securityContext: { namespaceOptions: { pid: 1 } } },
  }, sandbox);
  await runtime.startContainer(id);
  const answer = await runtime.execSync(id, ['sh', '-c', 'echo out; echo err >&2; exit 3'], 10);
  assert.equal(Buffer.from(answer.stdout).toString(), 'out\n');
  assert.equal(Buffer.from(answer.stderr).toString(), 'err\n');
  assert.equal(answer.exitCode, 3);
  assert.match(readFileSync(path.join(logs, 'c.log'), 'utf8'), / stdout F hello\n/);

  const before = containerd.process.pid;
  await containerd.close();
  containerd = await startContainerd(options);
  assert.equal(containerd.adopted, true);
  assert.equal(containerd.process.pid, before);
  assert.equal((await containerd.cri.runtime.containerStatus(id)).state, ContainerState.RUNNING);
});

test('a container is removed although its start was cut off and left a process', async () => {
  const { runtime } = containerd.cri;
  const [sandbox] = await runtime.listPodSandboxes();
  assert.ok(sandbox?.metadata);
  const create = (name: string): Promise<string> => runtime.createContainer(sandbox.id, { metadata: { name, attempt: 0 }, image: { image: busyboxName }, command: ['sleep', '1000'], logPath: `${name}.log`, linux: {} }, { metadata: sandbox.metadata, logDirectory: path.join(dataDir, 'logs') });
  const ctr = (...words: readonly string[]): string => execFileSync('ctr', ['--address', containerd.paths.socket, '--namespace', 'k8s.io', ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const ids = [await create('lost'), await create('lost-too')];
  // As the runtime interface has them they are not started.
  for (const id of ids) ctr('tasks', 'start', '--detach', '--null-io', id);
  assert.deepEqual(await Promise.all(ids.map(async (id) => (await runtime.containerStatus(id)).state)), [ContainerState.CREATED, ContainerState.CREATED]);
  await Promise.all(ids.map((id) => runtime.removeContainer(id)));
  const left = await runtime.listContainers();
  assert.deepEqual(left.filter(({ id }) => ids.includes(id)), []);
  for (const id of ids) assert.doesNotMatch(ctr('tasks', 'ls'), new RegExp(id));
});

test('events tell of an exit once the runtime knows of it', async () => {
  const { runtime } = containerd.cri;
  const stopping = new AbortController();
  const [running] = await runtime.listContainers();
  assert.ok(running);
  const seen = (async () => {
    for await (const event of runtime.events({ signal: stopping.signal })) {
      if (event.type === 'container' && event.id === running.id && event.what === 'exited') return (await runtime.containerStatus(running.id)).state;
    }
    return undefined;
  })();
  await runtime.execSync(running.id, ['true'], 5);
  await runtime.stopContainer(running.id, 0);
  assert.equal(await seen, ContainerState.EXITED);
  stopping.abort();
});

test('a containerd that is killed comes back with its containers', async () => {
  const { runtime } = containerd.cri;
  const killed = containerd.process.pid;
  process.kill(killed, 'SIGKILL');
  while (containerd.process.pid === killed) await systemClock.sleep(20);
  for (;;) {
    try {
      assert.equal((await runtime.listPodSandboxes()).length, 1);
      break;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      await systemClock.sleep(20);
    }
  }
});

test('stopping leaves nothing, with containerd dead as with containerd alive', async () => {
  const { paths } = containerd;
  await containerd.close();
  process.kill(containerd.process.pid, 'SIGKILL');
  await stopContainerd(options);
  assert.equal(existsSync(paths.stateDir), false);
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(paths.id), false);
  assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(dataDir), false);
  assert.equal(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n').some((line) => line.includes(paths.socket)), false);
  assert.equal(existsSync(`/sys/fs/cgroup/memory${paths.cgroupParent}`), false);
  assert.equal(execFileSync('ip', ['route'], { encoding: 'utf8' }).includes('10.231.7.'), false);
});
