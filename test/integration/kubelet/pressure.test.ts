import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { Pod, PodStatus } from '../../../src/resources/types/core-v1.ts';
import { machineSignals, type MachineSignals } from '../../../src/kubelet/eviction/signals.ts';
import { RealNode, shell } from '../../harness/real-node.ts';
import { SmallDisk, whyNoSmallDisk } from '../../harness/small-disk.ts';

let signals: MachineSignals = { observe: () => new Map() };
const node: RealNode = new RealNode('10.231.22', {
  signals: { observe: () => signals.observe() },
  reservations: { systemReserved: { cpu: '100m', memory: '256Mi' }, eviction: { evictionHard: { 'nodefs.available': '10%' } } },
});
before(() => node.start());
after(() => node.end());

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';
const ready = ({ conditions }: PodStatus): boolean => conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

test('a full disk: records of ended Pods go, then the Pod that holds most; its volume is gone with it, the others go on', { skip: whyNoSmallDisk() }, async () => {
  const ended = node.pod('ended', { restartPolicy: 'Never', containers: [shell('main', 'true')] });
  const holder = node.pod('holder', { volumes: [{ name: 'work', emptyDir: {} }], containers: [shell('main', 'dd if=/dev/zero of=/work/x bs=1M count=3; exec sleep 100000', { volumeMounts: [{ name: 'work', mountPath: '/work' }] })] });
  const modest = node.pod('modest');
  await Promise.all([node.cluster.untilStatus(uidOf(ended), ({ phase }) => phase === 'Succeeded'), ...[holder, modest].map((pod) => node.cluster.untilStatus(uidOf(pod), ready))]);
  while ((await node.exec(holder, 'stat -c %s /work/x')).out !== `${3 << 20}\n`);
  const disk = new SmallDisk(`${node.dataDir}/small`, 8);
  signals = machineSignals(disk.folder, node.dataDir);
  try {
    disk.fill();
    // A look that was under way already may have seen the disk empty.
    await node.kubelet.pressure.eviction.look();
    if (node.cluster.status(uidOf(holder))?.phase !== 'Failed') await node.kubelet.pressure.eviction.look();
    const status = node.cluster.status(uidOf(holder));
    assert.deepEqual([status?.phase, status?.reason], ['Failed', 'Evicted']);
    assert.match(status?.message ?? '', /^The node was low on resource: ephemeral-storage\. Threshold quantity: \d+(Ki)?, available: 0\. $/);
    const target = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    assert.deepEqual([target?.status, target?.reason, target?.message], ['True', 'TerminationByKubelet', status?.message]);
    assert.equal(existsSync(`${node.kubelet.context.volumes.podFolder(uidOf(holder))}/volumes`), false);
    assert.equal((await node.kubelet.containerd.cri.runtime.listContainers()).some(({ labels }) => labels['io.kubernetes.pod.name'] === 'ended'), false);
    assert.equal((await node.kubelet.status(undefined)).conditions?.find(({ type }) => type === 'DiskPressure')?.reason, 'KubeletHasDiskPressure');
    const refused = node.pod('refused');
    assert.equal((await node.cluster.untilStatus(uidOf(refused), ({ phase }) => phase === 'Failed')).message, 'The node had condition: [DiskPressure]. ');
    disk.free();
    await node.kubelet.pressure.eviction.look();
    assert.ok(ready(node.cluster.status(uidOf(modest)) ?? {}));
    await Promise.all([ended, holder, modest, refused].map((pod) => node.deletePod(pod)));
  } finally {
    signals = { observe: () => new Map() };
    disk.close();
  }
});

test('what is reserved is not allocatable, and out of reach of all Pods together', async () => {
  const status = await node.kubelet.status(undefined);
  assert.equal(status.allocatable?.['cpu'], `${Number(status.capacity?.['cpu']) * 1000 - 100}m`);
  const bytes = (quantity: string | undefined): number => Number((quantity ?? '').replace('Ki', '')) * 1024;
  assert.equal(bytes(status.capacity?.['memory']) - bytes(status.allocatable?.['memory']), 256 << 20);
  const group = `${node.kubelet.containerd.paths.cgroupParent}/kubepods`;
  const file = existsSync('/sys/fs/cgroup/cgroup.controllers') ? `/sys/fs/cgroup${group}/memory.max` : `/sys/fs/cgroup/memory${group}/memory.limit_in_bytes`;
  assert.equal(Number(readFileSync(file, 'utf8')), bytes(status.allocatable?.['memory']));
});
