/** What cannot work says why, in the Pod's events and status as `kubectl describe` shows them, and the rest of the node goes on. */
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import type { Container, Pod, PodSpec, PodStatus, Probe } from '../../../src/resources/types/core-v1.ts';
import { RealNode, shell } from '../../harness/real-node.ts';
import { SmallDisk, whyNoSmallDisk } from '../../harness/small-disk.ts';

const node = new RealNode('10.231.25');
let neighbour: Pod;
before(async () => {
  await node.start();
  neighbour = node.pod('neighbour');
  await node.cluster.untilStatus(uidOf(neighbour), ready);
});
after(async () => {
  const { restartCount } = node.cluster.status(uidOf(neighbour))?.containerStatuses?.[0] ?? {};
  assert.equal(restartCount, 0, 'the neighbour was left alone');
  await node.deletePod(neighbour);
  await node.end();
});

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';
const ready = ({ conditions }: PodStatus): boolean => conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
const waiting = (status: PodStatus | undefined): string | undefined => status?.containerStatuses?.[0]?.state?.waiting?.reason;

/** Resolves with the first event of a Pod whose text, 'REASON MESSAGE', fits. */
async function told(pod: string, text: RegExp): Promise<string> {
  const find = (): string | undefined => node.cluster.seenEvents.filter((event) => event.pod === pod && event.type === 'Warning').map(({ reason, message }) => `${reason} ${message}`).find((event) => text.test(event));
  await node.cluster.until(() => find() !== undefined);
  return find() ?? '';
}

let serial = 0;
/** A Pod that begins now becomes Ready. */
async function goesOn(): Promise<void> {
  const pod = node.pod(`another-${(serial += 1)}`, { terminationGracePeriodSeconds: 0 });
  await node.cluster.untilStatus(uidOf(pod), ready);
  await node.deletePod(pod);
}

const mounted: Pick<PodSpec, 'containers'> = { containers: [shell('main', 'exec sleep 100000', { volumeMounts: [{ name: 'v', mountPath: '/v' }] })] };
const volumes: readonly (readonly [string, PodSpec['volumes'], RegExp])[] = [
  ['a file for a folder', [{ name: 'v', hostPath: { path: '/etc/hostname', type: 'Directory' } }], /^FailedMount MountVolume\.SetUp failed for volume "v" : hostPath type check failed: \/etc\/hostname is not a directory$/],
  ['a Secret that there is none of', [{ name: 'v', secret: { secretName: 'none' } }], /^FailedMount MountVolume\.SetUp failed for volume "v" : secret "none" not found$/],
  ['a claim that there is none of', [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }], /^FailedMount Unable to attach or mount volumes: unmounted volumes=\[v\].*persistentvolumeclaims "none" not found$/],
  ['a kind that nothing here mounts', [{ name: 'v', iscsi: { targetPortal: '10.0.0.1:3260', iqn: 'iqn.2001-04.example:disk', lun: 0 } }], /^FailedMount .*no volume plugin matched/],
];

test('a volume that cannot be mounted', async () => {
  const pods = volumes.map(([name, list], i) => ({ name, pod: node.pod(`volume-${i}`, { ...mounted, volumes: list ?? [] }) }));
  for (const [i, { name, pod }] of pods.entries()) {
    assert.ok(await told(pod.metadata.name ?? '', volumes[i]?.[2] ?? /^$/), name);
    assert.equal(waiting(await node.cluster.untilStatus(uidOf(pod), (status) => waiting(status) !== undefined)), 'ContainerCreating', name);
  }
  await goesOn();
  await Promise.all(pods.map(({ pod }) => node.deletePod(pod)));
});

test('an image that cannot be pulled: refused, and from a registry that never answers', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const connected = once(silent, 'connection');
  const { port } = silent.address() as AddressInfo;
  const from = (image: string): Partial<PodSpec> => ({ containers: [{ ...shell('main', 'true'), image, imagePullPolicy: 'Always' }] });
  const refused = node.pod('refused', from('127.0.0.1:1/none:1'));
  const stuck = node.pod('stuck', from(`127.0.0.1:${port}/none:1`));
  assert.match(await told('refused', /^Failed Failed to pull/), /^Failed Failed to pull image "127\.0\.0\.1:1\/none:1": .*connection refused/s);
  await told('refused', /^Failed Error: ErrImagePull$/);
  const { containerStatuses } = await node.cluster.untilStatus(uidOf(refused), (status) => waiting(status) === 'ImagePullBackOff');
  assert.match(containerStatuses?.[0]?.state?.waiting?.message ?? '', /^Back-off pulling image "127\.0\.0\.1:1\/none:1": ErrImagePull: /);
  await connected;
  await goesOn();
  assert.equal(waiting(node.cluster.status(uidOf(stuck))), 'ContainerCreating');
  await Promise.all([refused, stuck].map((pod) => node.deletePod(pod)));
  // The runtime gives up when the connection breaks.
  silent.close();
  for (const socket of sockets) socket.destroy();
});

const never = 'nc -ll -p 8080 -e sleep 100000';
const probes: readonly (readonly [string, Probe, RegExp])[] = [
  ['exec', { exec: { command: ['sleep', '100000'] } }, /^Unhealthy Liveness probe failed: command timed out: "sleep 100000" timed out after 1s$/],
  ['http', { httpGet: { path: '/', port: 8080 } }, /^Unhealthy Liveness probe failed: Get "http:\/\/[\d.]+:8080\/": context deadline exceeded \(Client\.Timeout exceeded while awaiting headers\)$/],
  ['grpc', { grpc: { port: 8080 } }, /^Unhealthy Liveness probe failed: /],
];

test('a probe that never answers', async () => {
  const limits = { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 2, initialDelaySeconds: 1 };
  const pods = probes.map(([name, probe]) => node.pod(`probe-${name}`, { terminationGracePeriodSeconds: 0, containers: [shell('main', `${never} & exec sleep 100000`, { livenessProbe: { ...probe, ...limits } } satisfies Partial<Container>)] }));
  for (const [i, pod] of pods.entries()) {
    await told(pod.metadata.name ?? '', probes[i]?.[2] ?? /^$/);
    await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses }) => (containerStatuses?.[0]?.restartCount ?? 0) > 0);
  }
  await goesOn();
  await Promise.all(pods.map((pod) => node.deletePod(pod)));
});

test('a disk without room for a volume; with room again the Pod starts', { skip: whyNoSmallDisk() }, async () => {
  node.cluster.configMaps.set('default/large', { metadata: { name: 'large', namespace: 'default' }, data: { text: 'x'.repeat(900_000) } });
  const running = node.cluster.status(uidOf(neighbour))?.containerStatuses?.[0]?.containerID;
  const uid = '00000000-0000-4000-8000-0000000f0001';
  const disk = new SmallDisk(path.join(node.kubelet.containerd.paths.pods, uid), 2);
  try {
    disk.fill();
    const pod = node.pod('no-room', { ...mounted, volumes: [{ name: 'v', configMap: { name: 'large' } }] }, { uid });
    assert.match(await told('no-room', /^FailedMount/), /^FailedMount MountVolume\.SetUp failed for volume "v" : .*(ENOSPC|no space left on device)/);
    await goesOn();
    assert.equal(node.cluster.status(uidOf(neighbour))?.containerStatuses?.[0]?.containerID, running);
    disk.free();
    await node.cluster.untilStatus(uid, ready);
    await node.deletePod(pod);
  } finally {
    disk.close();
  }
});
