import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { PodSpec, PodStatus, Probe } from '../../../src/resources/types/core-v1.ts';
import { RealNode, shell } from '../../harness/real-node.ts';

const node = new RealNode('10.231.9');
before(() => node.start());
after(() => node.end());

const uidOf = (pod: { metadata: { uid?: string | undefined } }): string => pod.metadata.uid ?? '';
const condition = (status: PodStatus, type: string): string | undefined => status.conditions?.find((it) => it.type === type)?.status;
const ready = (status: PodStatus): boolean => condition(status, 'Ready') === 'True';

test('configMap, secret, downward API and token volumes: layout, modes, selection, updates', async () => {
  node.cluster.configMaps.set('default/app', { metadata: { name: 'app' }, data: { 'config.json': '{"a":1}', other: 'x' } });
  node.cluster.secrets.set('default/key', { metadata: { name: 'key' }, data: { password: Buffer.from('shh').toString('base64') } });
  const pod = node.pod('files', {
    serviceAccountName: 'default',
    volumes: [
      { name: 'all', configMap: { name: 'app' } },
      { name: 'one', configMap: { name: 'app', items: [{ key: 'other', path: 'deep/er/renamed' }] } },
      { name: 'secret', secret: { secretName: 'key', defaultMode: 0o400 } },
      { name: 'none', secret: { secretName: 'absent', optional: true } },
      { name: 'mixed', projected: { sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }, { configMap: { name: 'app', items: [{ key: 'other', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      ] } },
    ],
    containers: [shell('main', 'exec sleep 100000', { volumeMounts: ['all', 'one', 'secret', 'none', 'mixed'].map((name) => ({ name, mountPath: `/v/${name}` })).concat([{ name: 'all', mountPath: '/etc/one.json', subPath: 'config.json' } as never]) })],
  }, { labels: { app: 'files' } });
  await node.cluster.untilStatus(uidOf(pod), ready);
  const read = async (script: string): Promise<string> => (await node.exec(pod, script)).out;
  assert.equal(await read('cat /v/all/config.json /v/one/deep/er/renamed /v/secret/password /v/mixed/token /v/mixed/ca.crt /v/mixed/labels /etc/one.json'), '{"a":1}xshhtoken-1xapp="files"{"a":1}');
  assert.equal(await read('readlink /v/all/config.json'), '..data/config.json\n');
  assert.match(await read('ls -l $(readlink -f /v/secret/password)'), /^-r-------- +1 0 +0 |^-r-------- +1 root +root /);
  assert.equal(await read('ls /v/none'), '');
  assert.match((await node.exec(pod, 'echo x >> /v/all/config.json')).err, /Read-only file system/);
  node.cluster.configMaps.set('default/app', { metadata: { name: 'app' }, data: { 'logging.json': 'new' } });
  node.cluster.configMaps.set('default/app', { metadata: { name: 'app' }, data: { 'logging.json': 'new', other: 'y' } });
  const { volumes } = node.kubelet.context;
  assert.equal(await volumes.refresh(pod, { nodeName: '', hostIPs: [], podIPs: [], allocatable: {} }), true);
  assert.equal(await read('ls /v/all; cat /v/one/deep/er/renamed'), 'logging.json\nother\ny');
  assert.equal(await volumes.refresh(pod, { nodeName: '', hostIPs: [], podIPs: [], allocatable: {} }), false);
  await node.deletePod(pod);
  assert.equal(existsSync(volumes.podFolder(uidOf(pod))), false);
});

test('emptyDir is shared by containers, empty for each Pod, in memory where asked; subPath shows a part', async () => {
  const mounts = (more: object = {}): { volumeMounts: { name: string; mountPath: string }[] } => ({ volumeMounts: [{ name: 'work', mountPath: '/work', ...more }, { name: 'mem', mountPath: '/mem' }] });
  const pod = node.pod('empty', {
    securityContext: { runAsUser: 65534, runAsGroup: 65534 },
    volumes: [{ name: 'work', emptyDir: {} }, { name: 'mem', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } }],
    containers: [shell('main', 'exec sleep 100000', mounts()), shell('part', 'exec sleep 100000', mounts({ subPath: 'inner/part' }))],
  });
  await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal((await node.exec(pod, 'id -u; echo hi > /mem/x; grep " /mem " /proc/mounts | cut -d" " -f1')).out, '65534\ntmpfs\n');
  assert.equal((await node.exec(pod, 'cat /mem/x; ls /work', 'part')).out, 'hi\n');
  assert.equal((await node.exec(pod, 'ls /work')).out, 'inner\n');
  await node.deletePod(pod);
});

test('hostPath types; a symlink in a volume does not lead a subPath out of it', async () => {
  const shared = path.join(node.dataDir, 'shared');
  mkdirSync(shared);
  writeFileSync(path.join(shared, 'f'), 'file');
  const good = node.pod('host', {
    volumes: [{ name: 'v', hostPath: { path: path.join(shared, 'new'), type: 'DirectoryOrCreate' } }],
    containers: [shell('main', 'ln -s / /v/out; echo hi > /v/x; exec sleep 100000', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  });
  await node.cluster.untilStatus(uidOf(good), ready);
  await node.exec(good, 'while ! test -f /v/x; do sleep 0.02; done');
  assert.equal(readFileSync(path.join(shared, 'new/x'), 'utf8'), 'hi\n');
  const bad = node.pod('wrong', { volumes: [{ name: 'v', hostPath: { path: path.join(shared, 'f'), type: 'Directory' } }] });
  await node.cluster.until(() => node.cluster.seenEvents.some(({ pod, reason, message }) => pod === 'wrong' && reason === 'FailedMount' && message.includes('is not a directory')));
  const escape = node.pod('escape', {
    volumes: [{ name: 'v', hostPath: { path: path.join(shared, 'new') } }],
    containers: [shell('main', 'exec sleep 100000', { volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'out/etc' }] })],
  });
  const status = await node.cluster.untilStatus(uidOf(escape), ({ containerStatuses }) => containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerConfigError');
  assert.match(status.containerStatuses?.[0]?.state?.waiting?.message ?? '', /leads out of the volume/);
  await Promise.all([good, bad, escape].map((pod) => node.deletePod(pod)));
});

test('a running Pod sees its ConfigMap change; one that waits for a ConfigMap starts when it is there', async () => {
  node.cluster.setConfigMap('live', { mode: 'old' });
  const mount = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };
  const pod = node.pod('live', { volumes: [{ name: 'v', configMap: { name: 'live' } }], containers: [shell('main', 'exec sleep 100000', mount)] });
  const waiting = node.pod('waiting', { volumes: [{ name: 'v', configMap: { name: 'late' } }], containers: [shell('main', 'exec sleep 100000', mount)] });
  const first = await node.cluster.untilStatus(uidOf(pod), ready);
  await node.cluster.until(() => node.cluster.seenEvents.some((event) => event.pod === 'waiting' && event.reason === 'FailedMount' && event.message === 'MountVolume.SetUp failed for volume "v" : configmap "late" not found'));
  node.cluster.setConfigMap('live', { mode: 'new' });
  node.cluster.setConfigMap('late', { mode: 'late' });
  assert.equal((await node.exec(pod, 'until grep -q new /v/mode; do sleep 0.02; done; cat /v/mode')).out, 'new');
  await node.cluster.untilStatus(uidOf(waiting), ready);
  assert.equal((await node.exec(waiting, 'cat /v/mode')).out, 'late');
  assert.equal(node.cluster.status(uidOf(pod))?.containerStatuses?.[0]?.containerID, first.containerStatuses?.[0]?.containerID);
  await Promise.all([pod, waiting].map((it) => node.deletePod(it)));
});

const bound = (name: string, uid: string, source: object): void => {
  node.cluster.claims.set(`default/${name}`, { metadata: { name, namespace: 'default', uid }, spec: { accessModes: ['ReadWriteOnce'], volumeName: `pv-${name}` }, status: { phase: 'Bound' } });
  node.cluster.volumes.set(`pv-${name}`, { metadata: { name: `pv-${name}` }, spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, claimRef: { uid }, ...source } });
};
const claimed = (name: string, more: object = {}): Partial<PodSpec> => ({
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }],
  containers: [shell('main', 'exec sleep 100000', { env: [{ name: 'WHO', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }], volumeMounts: [{ name: 'data', mountPath: '/data' }, { name: 'data', mountPath: '/own', subPathExpr: 'of/$(WHO)' }] })],
  ...more,
});

test('a local volume through a claim: data stays, the group gets it without following links, subPathExpr names a part', async () => {
  const folder = path.join(node.dataDir, 'disk');
  mkdirSync(path.join(folder, 'sub'), { recursive: true });
  writeFileSync(path.join(folder, 'sub/file'), 'x', { mode: 0o600 });
  const outside = path.join(node.dataDir, 'outside');
  writeFileSync(outside, 'x', { mode: 0o600 });
  symlinkSync(outside, path.join(folder, 'link'));
  bound('disk', 'u1', { local: { path: folder } });
  const pod = node.pod('first', claimed('disk', { securityContext: { runAsUser: 1000, fsGroup: 2000 } }));
  await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal((await node.exec(pod, 'echo more >> /data/sub/file; echo mine > /own/x; cat /data/sub/file /data/of/first/x')).out, 'xmore\nmine\n');
  assert.deepEqual([statSync(folder).gid, statSync(path.join(folder, 'sub/file')).gid, statSync(outside).gid, statSync(outside).mode & 0o777], [2000, 2000, statSync(node.dataDir).gid, 0o600]);
  await node.deletePod(pod);
  const second = node.pod('second', claimed('disk'));
  await node.cluster.untilStatus(uidOf(second), ready);
  assert.equal((await node.exec(second, 'cat /data/of/first/x; ls /own')).out, 'mine\n');
  await node.deletePod(second);
  assert.equal(readFileSync(path.join(folder, 'of/first/x'), 'utf8'), 'mine\n');
});

test('what is wrong with a claim is told', async () => {
  bound('gone', 'u2', { local: { path: '/nowhere/at/all' } });
  bound('going', 'u3', { hostPath: { path: node.dataDir } });
  const going = node.cluster.claims.get('default/going');
  if (going) node.cluster.claims.set('default/going', { ...going, metadata: { ...going.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['kubernetes.io/pvc-protection'] } });
  node.cluster.claims.set('default/open', { metadata: { name: 'open', namespace: 'default' }, spec: { accessModes: ['ReadWriteOnce'] }, status: { phase: 'Pending' } });
  const unusable = (why: RegExp): RegExp => new RegExp(`^Unable to attach or mount volumes: unmounted volumes=\\[data\\], unattached volumes=\\[\\], failed to process volumes=\\[data\\]: error processing PVC default/${why.source}$`);
  const wrong: readonly [string, RegExp][] = [
    ['gone', /^MountVolume\.NewMounter initialization failed for volume "pv-gone" : path "\/nowhere\/at\/all" does not exist$/],
    ['going', unusable(/going: PVC is being deleted/)],
    ['open', unusable(/open: PVC is not bound/)],
    ['absent', unusable(/absent: failed to fetch PVC from API server: persistentvolumeclaims "absent" not found/)],
  ];
  for (const [claim, message] of wrong) {
    const pod = node.pod(`uses-${claim}`, claimed(claim));
    await node.cluster.until(() => node.cluster.seenEvents.some((event) => event.pod === `uses-${claim}` && event.reason === 'FailedMount' && message.test(event.message)));
    await node.deletePod(pod);
  }
});

test('a Pod whose emptyDir outgrows its limit is evicted', async () => {
  const pod = node.pod('big-dir', {
    volumes: [{ name: 'work', emptyDir: { sizeLimit: '1Mi' } }],
    containers: [shell('main', 'dd if=/dev/zero of=/work/x bs=1M count=3; exec sleep 100000', { volumeMounts: [{ name: 'work', mountPath: '/work' }] })],
  });
  const status = await node.cluster.untilStatus(uidOf(pod), ({ phase }) => phase === 'Failed');
  assert.deepEqual([status.reason, status.message], ['Evicted', 'Usage of EmptyDir volume "work" exceeds the limit "1Mi". ']);
  await node.deletePod(pod);
});

const probe = (script: string, more: Partial<Probe> = {}): Probe => ({ exec: { command: ['sh', '-c', script] }, periodSeconds: 1, failureThreshold: 1, ...more });

test('readiness goes up and down with its probe', async () => {
  const pod = node.pod('readiness', { containers: [shell('main', 'exec sleep 100000', { readinessProbe: probe('test -f /tmp/ready') })] });
  const first = await node.cluster.untilStatus(uidOf(pod), ({ phase }) => phase === 'Running');
  assert.equal(ready(first), false);
  assert.equal(first.containerStatuses?.[0]?.started, true);
  await node.exec(pod, 'touch /tmp/ready');
  await node.cluster.untilStatus(uidOf(pod), ready);
  await node.exec(pod, 'rm /tmp/ready');
  const last = await node.cluster.untilStatus(uidOf(pod), (status) => !ready(status));
  assert.equal(last.conditions?.find(({ type }) => type === 'Ready')?.message, 'containers with unready status: [main]');
  assert.ok(node.cluster.seenEvents.some(({ pod: name, reason, message }) => name === 'readiness' && reason === 'Unhealthy' && message.startsWith('Readiness probe failed:')));
  await node.deletePod(pod);
});

test('a container whose liveness fails is restarted, after its startup probe has passed', async () => {
  const pod = node.pod('liveness', {
    terminationGracePeriodSeconds: 1,
    containers: [shell('main', 'httpd -p 8080 -h /tmp; sleep 100000', {
      ports: [{ name: 'web', containerPort: 8080 }],
      startupProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1, failureThreshold: 30 },
      livenessProbe: { httpGet: { path: '/missing', port: 'web' }, periodSeconds: 1, failureThreshold: 1 },
    })],
  });
  const status = await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses }) => (containerStatuses?.[0]?.restartCount ?? 0) > 0);
  assert.equal(status.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 137);
  const messages = node.cluster.seenEvents.filter((event) => event.pod === 'liveness').map(({ message }) => message);
  assert.ok(messages.includes('Liveness probe failed: HTTP probe failed with statuscode: 404'));
  assert.ok(messages.includes('Container main failed liveness probe, will be restarted'));
  await node.deletePod(pod);
});

test('limits reach the kernel; a Pod over the node\'s size is refused', async () => {
  const pod = node.pod('limits', { containers: [shell('main', 'exec sleep 100000', { resources: { requests: { cpu: '100m' }, limits: { cpu: '500m', memory: '64Mi' } } })] });
  const status = await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal(status.qosClass, 'Burstable');
  const group = `${node.kubelet.containerd.paths.cgroupParent}/kubepods/burstable/pod${uidOf(pod)}`;
  const [file, value] = existsSync('/sys/fs/cgroup/cgroup.controllers') ? [`/sys/fs/cgroup${group}/memory.max`, '67108864\n'] : [`/sys/fs/cgroup/memory${group}/memory.limit_in_bytes`, '67108864\n'];
  assert.equal(readFileSync(file, 'utf8'), value);
  const big = node.pod('big', { containers: [shell('main', 'exec sleep 100000', { resources: { requests: { cpu: '1000' } } })] });
  const refused = await node.cluster.untilStatus(uidOf(big), ({ phase }) => phase === 'Failed');
  assert.equal(refused.reason, 'OutOfcpu');
  await Promise.all([pod, big].map((it) => node.deletePod(it)));
});

test('an NFS volume on a machine without the client: mount\'s own words; the Pod goes without a trace', { skip: existsSync('/sbin/mount.nfs') && 'this machine has an NFS client' }, async () => {
  const pod = node.pod('nfs', { volumes: [{ name: 'share', nfs: { server: '192.0.2.9', path: '/share' } }], containers: [shell('main', 'exec sleep 100000', { volumeMounts: [{ name: 'share', mountPath: '/share' }] })] });
  const told = (): string | undefined => node.cluster.seenEvents.find((event) => event.pod === 'nfs' && event.reason === 'FailedMount')?.message;
  await node.cluster.until(() => told() !== undefined);
  const folder = path.join(node.kubelet.context.volumes.podFolder(uidOf(pod)), 'volumes/kubernetes.io~nfs/share');
  assert.ok(told()?.startsWith(`MountVolume.SetUp failed for volume "share" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs 192.0.2.9:/share ${folder}\nOutput: mount: `));
  await node.deletePod(pod);
  assert.equal(existsSync(folder), false);
});

test('a ReadWriteOncePod volume is one Pod\'s until that is gone; a volume of another node is not mounted', async () => {
  const alone = path.join(node.dataDir, 'alone');
  mkdirSync(alone);
  bound('alone', 'u8', { accessModes: ['ReadWriteOncePod'], local: { path: alone } });
  const first = node.pod('holds', claimed('alone'));
  await node.cluster.untilStatus(uidOf(first), ready);
  const second = node.pod('waits-for-it', claimed('alone'));
  const told = (name: string): string | undefined => node.cluster.seenEvents.find((event) => event.pod === name && event.reason === 'FailedMount')?.message;
  await node.cluster.until(() => told('waits-for-it') !== undefined);
  assert.equal(told('waits-for-it'), 'MountVolume.SetUp failed for volume "pv-alone" : volume uses the ReadWriteOncePod access mode and is already in use by another pod');
  await node.deletePod(second);
  await node.kubelet.close();
  await node.startAgent();
  const third = node.pod('comes-later', claimed('alone'));
  await node.cluster.until(() => told('comes-later') !== undefined);
  assert.equal(told('comes-later'), told('waits-for-it'), 'an agent that starts again knows whose it is');
  await node.deletePod(first);
  await node.cluster.untilStatus(uidOf(third), ready);
  await node.deletePod(third);

  node.cluster.ownNode = { metadata: { name: 'test-node', labels: { 'kubernetes.io/hostname': 'here' } } };
  bound('far', 'u9', { local: { path: alone }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['elsewhere'] }] }] } } });
  const far = node.pod('uses-far', claimed('far'));
  await node.cluster.until(() => told('uses-far') !== undefined);
  assert.equal(told('uses-far'), 'MountVolume.NodeAffinity check failed for volume "pv-far" : no matching NodeSelectorTerms');
  node.cluster.ownNode = undefined;
  await node.deletePod(far);
});
