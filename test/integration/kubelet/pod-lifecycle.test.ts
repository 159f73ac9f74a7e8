import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { RealNode, shell } from '../../harness/real-node.ts';

const node = new RealNode('10.231.8');
before(() => node.start());
after(() => node.end());

const uidOf = (pod: { metadata: { uid?: string | undefined } }): string => pod.metadata.uid ?? '';
const ready = (status: { conditions?: readonly { type: string; status: string }[] | undefined }): boolean =>
  status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;

test('a Pod runs, has its identity, logs where collectors look, and goes without a trace', async () => {
  const pod = node.pod('hello', { containers: [shell('main', 'echo hello from $POD; exec sleep 100000', { env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] })] });
  const status = await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal(status.phase, 'Running');
  assert.match(status.podIP ?? '', /^10\.231\.8\./);
  assert.match(status.containerStatuses?.[0]?.containerID ?? '', /^containerd:\/\/[0-9a-f]{64}$/);
  const { out } = await node.exec(pod, 'hostname; hostname -i; head -n 1 /etc/hosts; cat /etc/resolv.conf');
  assert.deepEqual(out.split('\n').slice(0, 6), [
    'hello', status.podIP, '# Kubernetes-managed hosts file.', 'search default.svc.cluster.local svc.cluster.local cluster.local', 'nameserver 10.96.0.10', 'options ndots:5',
  ]);
  const [link] = readdirSync(path.join(node.logs, 'containers'));
  assert.match(link ?? '', /^hello_default_main-[0-9a-f]{64}\.log$/);
  assert.match(readFileSync(path.join(node.logs, 'containers', link ?? ''), 'utf8'), /stdout F hello from hello/);
  await node.deletePod(pod);
  assert.deepEqual(readdirSync(path.join(node.logs, 'containers')), []);
  assert.equal(existsSync(path.join(node.logs, 'pods', `default_hello_${uidOf(pod)}`)), false);
  assert.deepEqual(await node.kubelet.containerd.cri.runtime.listPodSandboxes(), []);
});

test('a Pod that runs to its end keeps its phase, messages and exit codes', async () => {
  const good = node.pod('good', { restartPolicy: 'Never', containers: [shell('main', 'echo done > /dev/termination-log')] });
  const bad = node.pod('bad', { restartPolicy: 'Never', containers: [shell('main', 'echo why; exit 3', { terminationMessagePolicy: 'FallbackToLogsOnError' })] });
  const [one, two] = await Promise.all([good, bad].map((pod) => node.cluster.untilStatus(uidOf(pod), ({ phase }) => phase === 'Succeeded' || phase === 'Failed')));
  assert.equal(one?.phase, 'Succeeded');
  assert.equal(one?.containerStatuses?.[0]?.state?.terminated?.reason, 'Completed');
  assert.equal(one?.containerStatuses?.[0]?.state?.terminated?.message, 'done\n');
  assert.equal(two?.phase, 'Failed');
  assert.equal(two?.containerStatuses?.[0]?.state?.terminated?.exitCode, 3);
  assert.equal(two?.containerStatuses?.[0]?.state?.terminated?.message, 'why\n');
  await Promise.all([good, bad].map((pod) => node.deletePod(pod)));
});

test('a crashing container restarts at once, shows how it ended, then is held in CrashLoopBackOff', async () => {
  const pod = node.pod('crash', { containers: [shell('main', 'exit 1')] });
  const status = await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff');
  const [container] = status.containerStatuses ?? [];
  assert.equal(container?.restartCount, 1);
  const ends = node.cluster.statuses.flatMap(({ containerStatuses }) => containerStatuses ?? []).filter(({ name, state }) => name === 'main' && state?.terminated?.exitCode === 1);
  assert.ok([0, 1].every((count) => ends.some(({ restartCount }) => restartCount === count)), 'each end was reported before what followed');
  assert.match(container?.state?.waiting?.message ?? '', /^back-off 10s restarting failed container=main pod=crash_default\(/);
  assert.equal(container?.lastState?.terminated?.exitCode, 1);
  assert.equal(status.phase, 'Running');
  await node.deletePod(pod);
});

test('a container removed behind the agent\'s back is made again and no restart is counted', async () => {
  const pod = node.pod('again', { restartPolicy: 'Never' });
  const first = (await node.cluster.untilStatus(uidOf(pod), ready)).containerStatuses?.[0]?.containerID ?? '';
  const { runtime } = node.kubelet.containerd.cri;
  await runtime.removeContainer(first.replace('containerd://', ''));
  const status = await node.cluster.untilStatus(uidOf(pod), (it) => ready(it) && it.containerStatuses?.[0]?.containerID !== first);
  assert.equal(status.phase, 'Running');
  assert.equal(status.containerStatuses?.[0]?.restartCount, 0);
  await node.deletePod(pod);
});

test('init containers run in order before the others; a sidecar runs beside them and ends last', async () => {
  const mounts = { volumeMounts: [{ name: 'work', mountPath: '/work' }] };
  const pod = node.pod('init', {
    restartPolicy: 'Never', volumes: [{ name: 'work', emptyDir: {} }],
    initContainers: [
      shell('one', 'echo one >> /work/order', mounts),
      shell('beside', 'echo beside >> /work/order; trap "exit 0" TERM; while :; do sleep 0.05; done', { ...mounts, restartPolicy: 'Always' }),
      shell('two', 'while ! grep -q beside /work/order; do sleep 0.05; done; echo two >> /work/order', mounts),
    ],
    containers: [shell('main', 'cat /work/order > /dev/termination-log', mounts)],
  });
  const status = await node.cluster.untilStatus(uidOf(pod), ({ phase }) => phase === 'Succeeded' || phase === 'Failed');
  assert.equal(status.phase, 'Succeeded');
  assert.equal(status.containerStatuses?.[0]?.state?.terminated?.message, 'one\nbeside\ntwo\n');
  await node.deletePod(pod);
});

test('the agent goes on with running containers after it was away, and no restart is counted', async () => {
  const pod = node.pod('adopted');
  const before = await node.cluster.untilStatus(uidOf(pod), ready);
  await node.kubelet.close();
  await node.startAgent();
  const later = node.pod('later');
  await node.cluster.untilStatus(uidOf(later), ready);
  const now = node.cluster.status(uidOf(pod));
  assert.equal(now?.containerStatuses?.[0]?.containerID, before.containerStatuses?.[0]?.containerID);
  assert.equal(now?.containerStatuses?.[0]?.restartCount, 0);
  assert.ok(now && ready(now));
  await Promise.all([pod, later].map((it) => node.deletePod(it)));
});

test('what a Pod needs and does not have is said, and it starts once it is there', async () => {
  const pod = node.pod('waits', { containers: [shell('main', 'echo $WORD; exec sleep 100000', { env: [{ name: 'WORD', valueFrom: { configMapKeyRef: { name: 'words', key: 'word' } } }] })] });
  const held = await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerConfigError');
  assert.equal(held.containerStatuses?.[0]?.state?.waiting?.message, 'configmap "words" not found');
  assert.equal(held.phase, 'Pending');
  node.cluster.configMaps.set('default/words', { metadata: { name: 'words' }, data: { word: 'here' } });
  await node.cluster.untilStatus(uidOf(pod), ready);
  assert.deepEqual(await node.exec(pod, 'echo $WORD'), { code: 0, out: 'here\n', err: '' });
  await node.deletePod(pod);
});

test('an image that is nowhere to be had: ErrImagePull, then ImagePullBackOff', async () => {
  const pod = node.pod('noimage', { containers: [{ name: 'main', image: '127.0.0.1:1/nothing:1' }] });
  const first = await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'ErrImagePull');
  assert.match(first.containerStatuses?.[0]?.state?.waiting?.message ?? '', /127\.0\.0\.1:1/);
  node.kubelet.workers.worker(uidOf(pod))?.wake();
  await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'ImagePullBackOff');
  await node.deletePod(pod);
});

test('hooks run; the grace period ends with KILL', async () => {
  const pod = node.pod('hooks', {
    terminationGracePeriodSeconds: 30, volumes: [{ name: 'out', hostPath: { path: node.dataDir } }],
    containers: [shell('main', 'trap "" TERM; while :; do sleep 0.1; done', {
      volumeMounts: [{ name: 'out', mountPath: '/out' }],
      lifecycle: { postStart: { exec: { command: ['sh', '-c', 'echo started > /out/hooks'] } }, preStop: { exec: { command: ['sh', '-c', 'echo stopping >> /out/hooks'] } } },
    })],
  });
  await node.cluster.untilStatus(uidOf(pod), ready);
  const statuses = node.cluster.statuses.length;
  await node.deletePod(pod, 2);
  assert.equal(readFileSync(path.join(node.dataDir, 'hooks'), 'utf8'), 'started\nstopping\n');
  assert.equal(node.cluster.statuses.slice(statuses).at(-1)?.containerStatuses?.[0]?.state?.terminated?.exitCode, 137);
});
