import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Container, Pod, PodStatus } from '../../../src/resources/types/core-v1.ts';
import { RealNode, shell } from '../../harness/real-node.ts';

const node = new RealNode('10.231.23');
before(() => node.start());
after(() => node.end());

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';
const ready = ({ conditions }: PodStatus): boolean => conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
const over = ({ phase }: PodStatus): boolean => phase === 'Succeeded' || phase === 'Failed';
const idle = (more: Partial<Container> = {}, name = 'main'): Container => shell(name, 'exec sleep 100000', more);
const eventsOf = (name: string, reason: string): string[] => node.cluster.seenEvents.filter((event) => event.pod === name && event.reason === reason).map(({ message }) => message);

test('a container over its memory limit is OOMKilled, and its Pod goes on', async () => {
  const pod = node.pod('oom', { restartPolicy: 'Never', containers: [shell('main', 'exec tail /dev/zero', { resources: { limits: { memory: '24Mi' } } }), idle({}, 'other')] });
  const status = await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses }) => containerStatuses?.[0]?.state?.terminated !== undefined);
  const { exitCode, reason } = status.containerStatuses?.[0]?.state?.terminated ?? {};
  assert.deepEqual([exitCode, reason, status.phase], [137, 'OOMKilled', 'Running']);
  await node.deletePod(pod);
});

test('processes and memory are shared where the Pod says so, with one another or with the machine', async () => {
  const together = node.pod('together', { shareProcessNamespace: true, containers: [idle(), shell('other', 'exec sleep 200000')] });
  const apart = node.pod('apart');
  const machine = node.pod('machine', { hostPID: true, hostIPC: true });
  await Promise.all([together, apart, machine].map((pod) => node.cluster.untilStatus(uidOf(pod), ready)));
  const processes = async (pod: Pod): Promise<string> => (await node.exec(pod, 'ps -o args')).out;
  assert.match(await processes(together), /sleep 200000/);
  assert.match(await processes(together), /pause/);
  assert.doesNotMatch(await processes(apart), /sleep 200000/);
  assert.match(await processes(machine), /sleep 200000/);
  const ipc = async (pod: Pod): Promise<string> => (await node.exec(pod, 'readlink /proc/self/ns/ipc')).out.trim();
  assert.equal(await ipc(machine), execFileSync('readlink', ['/proc/self/ns/ipc'], { encoding: 'utf8' }).trim());
  assert.notEqual(await ipc(apart), await ipc(machine));
  await Promise.all([together, apart, machine].map((pod) => node.deletePod(pod)));
});

test('the kernel is told the full name where the Pod asks for it, and one too long is refused', async () => {
  const pod = node.pod('full', { hostname: 'db', subdomain: 'data', setHostnameAsFQDN: true });
  const long = node.pod('long', { hostname: 'd'.repeat(40), subdomain: 'data', setHostnameAsFQDN: true });
  await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal((await node.exec(pod, 'uname -n')).out, 'db.data.default.svc.cluster.local\n');
  await node.cluster.until(() => eventsOf('long', 'FailedCreatePodSandBox').length > 0);
  assert.match(eventsOf('long', 'FailedCreatePodSandBox')[0] ?? '', /Failed to construct FQDN from Pod hostname and cluster domain, FQDN d+\.data\.default\.svc\.cluster\.local is too long \(64 characters is the max, 71 characters requested\)$/);
  await Promise.all([pod, long].map((it) => node.deletePod(it)));
});

test('safe kernel settings are the Pod\'s own, others are refused', async () => {
  const pod = node.pod('tuned', { securityContext: { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '77' }] } });
  await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal((await node.exec(pod, 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start')).out, '77\n');
  const refused: readonly [string, object, string][] = [
    ['unsafe', { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '65536' }] } }, 'forbidden sysctl: "kernel.msgmax" not allowlisted'],
    ['on-host', { hostNetwork: true, securityContext: { sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] } }, 'forbidden sysctl: "net.ipv4.tcp_syncookies" not allowed with host net enabled'],
  ];
  for (const [name, spec, message] of refused) {
    const bad = node.pod(name, spec);
    const status = await node.cluster.untilStatus(uidOf(bad), over);
    assert.deepEqual([status.phase, status.reason, status.message], ['Failed', 'SysctlForbidden', message]);
    await node.deletePod(bad);
  }
  await node.deletePod(pod);
});

test('seccomp: the runtime\'s own filter, none, and one from a file of the node', async () => {
  const file = '/var/lib/kubelet/seccomp/k8ts-test/no-mkdir.json';
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO' }] }));
  try {
    const profile = (type: string, localhostProfile?: string): Partial<Container> => ({ securityContext: { seccompProfile: { type, ...(localhostProfile ? { localhostProfile } : {}) } } });
    const pod = node.pod('filtered', { containers: [idle(profile('RuntimeDefault')), idle(profile('Unconfined'), 'free'), idle(profile('Localhost', 'k8ts-test/no-mkdir.json'), 'local')] });
    await node.cluster.untilStatus(uidOf(pod), ready);
    const mode = async (container: string): Promise<string> => (await node.exec(pod, 'grep Seccomp: /proc/1/status | cut -f2', container)).out.trim();
    assert.deepEqual([await mode('main'), await mode('free'), await mode('local')], ['2', '0', '2']);
    assert.equal((await node.exec(pod, 'mkdir /tmp/x', 'main')).code, 0);
    assert.match((await node.exec(pod, 'mkdir /tmp/x', 'local')).err, /Operation not permitted/);
    await node.deletePod(pod);
  } finally {
    rmSync(path.dirname(file), { recursive: true });
  }
});

test('what is masked in /proc, and what is not where the container asks for it', async () => {
  const pod = node.pod('proc', { containers: [idle(), idle({ securityContext: { procMount: 'Unmasked' } }, 'bare')] });
  await node.cluster.untilStatus(uidOf(pod), ready);
  const mounts = async (container: string): Promise<number> => Number((await node.exec(pod, 'grep -c " /proc/" /proc/mounts', container)).out);
  assert.ok((await mounts('main')) >= 5);
  assert.equal(await mounts('bare'), 0);
  await node.deletePod(pod);
});

test('groups of a Pod; that the runtime cannot keep it to them is said', async () => {
  const pod = node.pod('groups', { securityContext: { runAsUser: 1000, runAsGroup: 1001, supplementalGroups: [3000, 4000], fsGroup: 2000 } });
  const status = await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal((await node.exec(pod, 'id -G')).out, '1001 2000 3000 4000\n');
  const strict = node.pod('strict', { securityContext: { supplementalGroupsPolicy: 'Strict' } });
  if (node.kubelet.context.features.strictGroups) await node.cluster.untilStatus(uidOf(strict), ready);
  else assert.equal((await node.cluster.untilStatus(uidOf(strict), over)).reason, 'SupplementalGroupsPolicyNotSupported');
  assert.equal(status.phase, 'Running');
  await Promise.all([pod, strict].map((it) => node.deletePod(it)));
});

test('variables out of a file that an init container writes', async () => {
  const volumes = [{ name: 'scratch', emptyDir: {} }];
  const valueFrom = (key: string) => ({ fileKeyRef: { volumeName: 'scratch', path: 'conf/app.env', key, optional: true } });
  const volumeMounts = [{ name: 'scratch', mountPath: '/data' }];
  const writes = shell('init', `mkdir /data/conf; printf "# made\\nCOLOR='dark  blue'\\n" > /data/conf/app.env`, { volumeMounts });
  const pod = node.pod('from-file', { volumes, initContainers: [writes], containers: [idle({ env: [{ name: 'COLOR', valueFrom: valueFrom('COLOR') }, { name: 'SIZE', valueFrom: valueFrom('SIZE') }] })] });
  await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal((await node.exec(pod, 'echo "$COLOR|${SIZE-none}"')).out, 'dark  blue|none\n');
  const linked = shell('init', 'mkdir /data/conf; ln -s /etc/passwd /data/conf/app.env', { volumeMounts });
  const fooled = node.pod('linked', { volumes, initContainers: [linked], containers: [idle({ env: [{ name: 'COLOR', valueFrom: valueFrom('COLOR') }] })] });
  await node.cluster.until(() => eventsOf('linked', 'Failed').length > 0);
  await Promise.all([pod, fooled].map((it) => node.deletePod(it)));
});

test('what the node cannot keep a Pod to is not left away in silence', async () => {
  const ownUsers = node.pod('own-users', { hostUsers: false });
  await node.cluster.until(() => eventsOf('own-users', 'FailedCreatePodSandBox').length > 0);
  assert.equal(eventsOf('own-users', 'FailedCreatePodSandBox')[0], 'Failed to create pod sandbox: RuntimeClass handler "" does not support user namespaces');
  const confined = node.pod('confined', { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } });
  const status = await node.cluster.untilStatus(uidOf(confined), (seen) => ready(seen) || over(seen));
  if (node.kubelet.context.features.appArmor) assert.equal(status.phase, 'Running');
  else assert.deepEqual([status.reason, status.message], ['AppArmor', 'Cannot enforce AppArmor: AppArmor is not enabled on the host']);
  await Promise.all([ownUsers, confined].map((it) => node.deletePod(it)));
});

test('fsGroupChangePolicy OnRootMismatch leaves a volume whose top is the group\'s already', async () => {
  const folder = path.join(node.dataDir, 'owned');
  mkdirSync(folder);
  node.cluster.claims.set('default/owned', { metadata: { name: 'owned', namespace: 'default', uid: 'c1' }, spec: { accessModes: ['ReadWriteOnce'], volumeName: 'pv-owned' }, status: { phase: 'Bound' } });
  node.cluster.volumes.set('pv-owned', { metadata: { name: 'pv-owned' }, spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, claimRef: { uid: 'c1' }, local: { path: folder } } });
  const start = async (name: string, fsGroupChangePolicy: string): Promise<void> => {
    const pod = node.pod(name, { securityContext: { fsGroup: 2000, fsGroupChangePolicy }, volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'owned' } }], containers: [idle({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })] });
    await node.cluster.untilStatus(uidOf(pod), ready);
    await node.deletePod(pod);
  };
  await start('first', 'OnRootMismatch');
  assert.equal(statSync(folder).gid, 2000);
  writeFileSync(path.join(folder, 'later'), 'x');
  const { gid } = statSync(path.join(node.dataDir, 'logs'));
  execFileSync('chgrp', [String(gid), path.join(folder, 'later')]);
  await start('second', 'OnRootMismatch');
  assert.equal(statSync(path.join(folder, 'later')).gid, gid);
  await start('third', 'Always');
  assert.equal(statSync(path.join(folder, 'later')).gid, 2000);
});

test('recursive read-only mounts: insisted on they need the runtime\'s help, else they do without', async () => {
  const mount = (recursiveReadOnly: string): Partial<Container> => ({ volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, recursiveReadOnly }] });
  const volumes = [{ name: 'v', hostPath: { path: '/tmp' } }];
  const maybe = node.pod('maybe', { volumes, containers: [idle(mount('IfPossible'))] });
  const supported = node.kubelet.context.features.recursiveReadOnly.has('');
  const status = await node.cluster.untilStatus(uidOf(maybe), ready);
  assert.equal(status.containerStatuses?.[0]?.volumeMounts?.[0]?.recursiveReadOnly, supported ? 'Enabled' : 'Disabled');
  const must = node.pod('must', { volumes, containers: [idle(mount('Enabled'))] });
  if (supported) await node.cluster.untilStatus(uidOf(must), ready);
  else {
    const held = await node.cluster.untilStatus(uidOf(must), ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerConfigError');
    assert.equal(held.containerStatuses?.[0]?.state?.waiting?.message, 'failed to resolve recursive read-only mode: volume "v" requested recursive read-only mode, but it is not supported by the runtime');
  }
  await Promise.all([maybe, must].map((it) => node.deletePod(it)));
});

test('a RuntimeClass names the runtime\'s handler; a class or handler that is not there is told', async () => {
  node.cluster.runtimeClasses.set('usual', { metadata: { name: 'usual' }, handler: 'runc' });
  node.cluster.runtimeClasses.set('odd', { metadata: { name: 'odd' }, handler: 'no-such' });
  const [good, odd, none] = ['usual', 'odd', 'none'].map((runtimeClassName) => node.pod(`class-${runtimeClassName}`, { runtimeClassName }));
  assert.ok(good && odd && none);
  await node.cluster.untilStatus(uidOf(good), ready);
  const told = async (name: string): Promise<string> => {
    await node.cluster.until(() => eventsOf(name, 'FailedCreatePodSandBox').length > 0);
    return eventsOf(name, 'FailedCreatePodSandBox')[0] ?? '';
  };
  assert.match(await told('class-odd'), /^Failed to create pod sandbox: .*no runtime for "no-such" is configured$/);
  assert.equal(await told('class-none'), 'Failed to create pod sandbox: runtimeclass.node.k8s.io "none" not found');
  await Promise.all([good, odd, none].map((it) => node.deletePod(it)));
});

test('a container restarts by its own policy and rules, whatever its Pod\'s; a rule may restart them all', async () => {
  const volumes = [{ name: 'work', emptyDir: {} }];
  const work = { volumeMounts: [{ name: 'work', mountPath: '/work' }] };
  const own = node.pod('own-policy', { restartPolicy: 'Never', volumes, containers: [
    shell('main', 'test -f /work/again && exit 0; touch /work/again; exit 42', { ...work, restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] }),
  ] });
  const all = node.pod('all-again', { restartPolicy: 'Never', volumes, initContainers: [shell('init', 'echo init >> /work/order', work)], containers: [
    shell('main', 'test -f /work/again && { cat /work/order > /dev/termination-log; exit 0; }; touch /work/again; exit 88', { ...work, restartPolicy: 'Never', restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } }] }),
    shell('beside', 'trap "exit 0" TERM; while ! test -f /work/again; do sleep 0.05; done; while :; do sleep 0.05; test "$(wc -l < /work/order)" = 2 && exit 0; done', work),
  ] });
  const first = await node.cluster.untilStatus(uidOf(own), over);
  assert.deepEqual([first.phase, first.containerStatuses?.[0]?.restartCount], ['Succeeded', 1]);
  const second = await node.cluster.untilStatus(uidOf(all), over);
  assert.equal(second.phase, 'Succeeded');
  assert.equal(second.containerStatuses?.find(({ name }) => name === 'main')?.state?.terminated?.message, 'init\ninit\n');
  assert.equal(second.initContainerStatuses?.[0]?.restartCount, 1);
  await Promise.all([own, all].map((it) => node.deletePod(it)));
});

test('a preStop hook has its time before the container is told to stop', async () => {
  const pod = node.pod('slow-hook', {
    volumes: [{ name: 'out', hostPath: { path: node.dataDir } }],
    containers: [shell('main', 'trap "exit 0" TERM; while :; do sleep 0.05; done', { volumeMounts: [{ name: 'out', mountPath: '/out' }], lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 1; echo done > /out/slow-hook'] } } } })],
  });
  await node.cluster.untilStatus(uidOf(pod), ready);
  await node.deletePod(pod, 20);
  assert.equal(readFileSync(path.join(node.dataDir, 'slow-hook'), 'utf8'), 'done\n');
});

test('a Pod with a device does not start while no driver would make it ready', async () => {
  const pod = node.pod('device', { resourceClaims: [{ name: 'gpu', resourceClaimName: 'mine' }] });
  const results = [{ request: 'gpu', driver: 'gpu.example.com', pool: 'one', device: 'gpu-0' }];
  node.cluster.resourceClaims.set('mine', { metadata: { name: 'mine', namespace: 'default' }, spec: {}, status: { allocation: { devices: { results } }, reservedFor: [{ resource: 'pods', name: 'device', uid: uidOf(pod) }] } });
  await node.cluster.until(() => eventsOf('device', 'FailedPrepareDynamicResources').includes('Failed to prepare dynamic resources: prepare dynamic resources: DRA driver gpu.example.com is not registered'));
  assert.deepEqual(await node.kubelet.containerd.cri.runtime.listPodSandboxes(), []);
  await node.deletePod(pod);
});

test('an agent that stops with a shutdown period ends its Pods, the critical ones last', async () => {
  await node.kubelet.close();
  await node.startAgent({ shutdown: { gracePeriod: 10, gracePeriodCriticalPods: 5 } });
  const out = { volumes: [{ name: 'out', hostPath: { path: node.dataDir } }] };
  const traps = (word: string): Container => shell('main', `trap "echo ${word} >> /out/shutdown; exit 0" TERM; while :; do sleep 0.05; done`, { volumeMounts: [{ name: 'out', mountPath: '/out' }] });
  const critical = node.pod('critical', { ...out, priority: 2_000_000_000, containers: [traps('critical')] });
  const ordinary = node.pod('ordinary', { ...out, containers: [traps('ordinary')] });
  await Promise.all([critical, ordinary].map((pod) => node.cluster.untilStatus(uidOf(pod), ready)));
  await node.kubelet.shutDown();
  assert.equal(readFileSync(path.join(node.dataDir, 'shutdown'), 'utf8'), 'ordinary\ncritical\n');
  const status = await node.cluster.untilStatus(uidOf(ordinary), over);
  assert.deepEqual([status.phase, status.reason, status.message], ['Failed', 'Terminated', 'Pod was terminated in response to imminent node shutdown.']);
  assert.equal((await node.kubelet.status(undefined)).conditions?.find(({ type }) => type === 'Ready')?.message, 'node is shutting down');
  const late = node.pod('late');
  assert.equal((await node.cluster.untilStatus(uidOf(late), over)).reason, 'NodeShutdown');
  await Promise.all([critical, ordinary, late].map((it) => node.deletePod(it)));
  assert.equal(existsSync(node.kubelet.context.volumes.podFolder(uidOf(ordinary))), false);
});
