import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unmountBelow } from '../../../src/kubelet/containerd/mounts.ts';
import { bindOpened, openBelow } from '../../../src/kubelet/volumes/open-path.ts';
import type { Pod, PodSpec, PodStatus } from '../../../src/resources/types/core-v1.ts';
import { RealNode, shell } from '../../harness/real-node.ts';

const node = new RealNode('10.231.24');
before(() => node.start());
after(() => node.end());

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';
const ready = ({ conditions }: PodStatus): boolean => conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** A folder on the node with a marker in it. */
function marked(name: string, marker: string): string {
  const folder = path.join(node.dataDir, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'marker'), marker);
  return folder;
}

test('what is mounted is what was opened, though a link has its name by then', async () => {
  const folder = marked('opened/dir', 'inside');
  const outside = marked('opened-outside', 'secret');
  const target = path.join(node.dataDir, 'bound');
  const handle = await openBelow(path.dirname(folder), 'dir');
  try {
    renameSync(folder, `${folder}-was`);
    symlinkSync(outside, folder);
    await bindOpened(handle, target);
    assert.equal(readFileSync(path.join(target, 'marker'), 'utf8'), 'inside');
    const other = await openBelow(outside, '');
    await bindOpened(other, target);
    await other.close();
    assert.equal(readFileSync(path.join(target, 'marker'), 'utf8'), 'secret', 'what was bound before gives way');
  } finally {
    await handle.close();
    unmountBelow(target);
  }
});

test('a container that swaps a folder for a link all the time leads no subPath out of its volume', async () => {
  const shared = path.join(node.dataDir, 'swapped');
  const outside = marked('swapped-outside', 'secret');
  mkdirSync(shared);
  const volumes = [{ name: 'v', hostPath: { path: shared, type: 'Directory' } }];
  const swapper = node.pod('swapper', {
    terminationGracePeriodSeconds: 0, volumes,
    containers: [shell('main', `cd /v; while :; do rm -rf dir; mkdir dir; echo inside > dir/marker; rm -rf dir; ln -s ${outside} dir; ln -sfn ${outside} dir; done`, { volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  });
  await node.cluster.untilStatus(uidOf(swapper), ready);
  const readers = Array.from({ length: 8 }, (_, i) => node.pod(`reader-${i}`, {
    restartPolicy: 'Never', terminationGracePeriodSeconds: 0, volumes,
    containers: [shell('main', 'cat /p/marker > /dev/termination-log 2>/dev/null || echo none > /dev/termination-log', { volumeMounts: [{ name: 'v', mountPath: '/p', subPath: 'dir' }] })],
  }));
  // A folder may also be gone by the time that the runtime mounts it: then the container does not start.
  const known = ({ containerStatuses, phase }: PodStatus): boolean => phase === 'Succeeded' || phase === 'Failed' || containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerConfigError';
  for (const reader of readers) {
    const { containerStatuses } = await node.cluster.untilStatus(uidOf(reader), known);
    const { terminated, waiting } = containerStatuses?.[0]?.state ?? {};
    if (terminated?.exitCode === 0) assert.match(terminated.message ?? '', /^(inside|none)\n$/);
    else assert.doesNotMatch(`${terminated?.message ?? ''}${waiting?.message ?? ''}`, /^secret/);
  }
  await Promise.all([swapper, ...readers].map((pod) => node.deletePod(pod)));
});

test('host paths that were checked: a folder, a file through a link, a device; what is mounted below a folder is there too', async () => {
  const folder = marked('checked', 'host');
  symlinkSync(folder, path.join(node.dataDir, 'checked-link'));
  const sources = { dir: [folder, 'Directory'], file: [path.join(node.dataDir, 'checked-link/marker'), 'File'], null: ['/dev/null', 'CharDevice'], dev: ['/dev', 'Directory'] } as const;
  const pod = node.pod('checked', {
    volumes: Object.entries(sources).map(([name, [at, type]]) => ({ name, hostPath: { path: at, type } })),
    containers: [shell('main', 'exec sleep 100000', { volumeMounts: Object.keys(sources).map((name) => ({ name, mountPath: `/h/${name}` })) })],
  });
  await node.cluster.untilStatus(uidOf(pod), ready);
  assert.equal((await node.exec(pod, 'cat /h/dir/marker; echo; cat /h/file; echo; test -c /h/null && echo device; test -c /h/dev/pts/ptmx && echo mounted')).out, 'host\nhost\ndevice\nmounted\n');
  writeFileSync(path.join(folder, 'marker'), 'changed');
  assert.equal((await node.exec(pod, 'cat /h/dir/marker /h/file')).out, 'changedchanged');
  await node.deletePod(pod);
  assert.equal(readFileSync(path.join(folder, 'marker'), 'utf8'), 'changed', 'what is the host\'s stays');
});

test('the claim of a generic ephemeral volume must be the Pod\'s own', async () => {
  const own = marked('ephemeral', 'own');
  const spec: Partial<PodSpec> = {
    volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } } } }],
    containers: [shell('main', 'exec sleep 100000', { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] })],
  };
  const claim = (pod: string, owner: string): void => {
    const name = `${pod}-scratch`;
    node.cluster.claims.set(`default/${name}`, { metadata: { name, namespace: 'default', uid: name, ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: pod, uid: owner, controller: true }] }, spec: { accessModes: ['ReadWriteOnce'], volumeName: `pv-${name}` }, status: { phase: 'Bound' } });
    node.cluster.volumes.set(`pv-${name}`, { metadata: { name: `pv-${name}` }, spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, claimRef: { uid: name }, local: { path: own } } });
  };
  claim('owner', '00000000-0000-4000-8000-00000000aaaa');
  const owner = node.pod('owner', spec, { uid: '00000000-0000-4000-8000-00000000aaaa' });
  await node.cluster.untilStatus(uidOf(owner), ready);
  assert.equal((await node.exec(owner, 'cat /scratch/marker')).out, 'own');
  claim('stranger', 'somebody else');
  const stranger = node.pod('stranger', spec);
  const told = (): string | undefined => node.cluster.seenEvents.find(({ pod, reason }) => pod === 'stranger' && reason === 'FailedMount')?.message;
  await node.cluster.until(() => told() !== undefined);
  assert.equal(told(), 'Unable to attach or mount volumes: unmounted volumes=[scratch], unattached volumes=[], failed to process volumes=[scratch]: PVC default/stranger-scratch was not created for pod default/stranger (pod is not owner)');
  await Promise.all([owner, stranger].map((pod) => node.deletePod(pod)));
  assert.equal(readFileSync(path.join(own, 'marker'), 'utf8'), 'own');
});
