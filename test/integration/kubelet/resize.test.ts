import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { Container, Pod, PodStatus, ResourceRequirements } from '../../../src/resources/types/core-v1.ts';
import { RealNode, shell } from '../../harness/real-node.ts';

const node = new RealNode('10.231.21');
before(() => node.start());
after(() => node.end());

const uidOf = (pod: Pod): string => pod.metadata.uid ?? '';
const ready = ({ conditions }: PodStatus): boolean => conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
const burstable = (cpu: string, memory: string, limits = memory): ResourceRequirements => ({ requests: { cpu, memory }, limits: { cpu: '1', memory: limits } });
const unified = existsSync('/sys/fs/cgroup/cgroup.controllers');

/** Limits of a container's group, or of its Pod's: memory in bytes and the kernel's own measure of requested cpu. */
function limits(pod: Pod, containerId = ''): { memory: string; cpu: string } {
  const group = `${node.kubelet.containerd.paths.cgroupParent}/kubepods/burstable/pod${uidOf(pod)}/${containerId.replace('containerd://', '')}`;
  const read = (controller: string, one: string, two: string): string => readFileSync(unified ? `/sys/fs/cgroup${group}/${two}` : `/sys/fs/cgroup/${controller}${group}/${one}`, 'utf8').trim();
  return { memory: read('memory', 'memory.limit_in_bytes', 'memory.max'), cpu: unified ? '' : read('cpu', 'cpu.shares', 'cpu.weight') };
}

/** What the resize subresource does to a Pod. */
function resize(pod: Pod, resources: ResourceRequirements): void {
  const now = node.cluster.pods.get(uidOf(pod)) ?? pod;
  const containers = (now.spec?.containers ?? []).map((container): Container => ({ ...container, resources }));
  node.cluster.apply({ ...now, metadata: { ...now.metadata, generation: (now.metadata.generation ?? 1) + 1 }, spec: { ...now.spec, containers } });
}

const told = (name: string): string[] => node.cluster.seenEvents.filter(({ pod, reason }) => pod === name && reason.startsWith('Resize')).map(({ reason, message }) => `${reason} ${message}`);
const condition = (status: PodStatus | undefined, type: string): string | undefined => status?.conditions?.find((it) => it.type === type)?.reason;

test('more memory and cpu reach a running container, which does not restart; and less again', async () => {
  const pod = node.pod('grows', { containers: [shell('main', 'exec sleep 100000', { resources: burstable('100m', '64Mi') })] }, { generation: 1 });
  const first = (await node.cluster.untilStatus(uidOf(pod), ready)).containerStatuses?.[0];
  assert.deepEqual(first?.resources, burstable('100m', '64Mi'));
  assert.equal(limits(pod, first?.containerID).memory, String(64 << 20));
  resize(pod, burstable('500m', '64Mi', '96Mi'));
  const has = (memory: string) => ({ containerStatuses, conditions }: PodStatus): boolean => containerStatuses?.[0]?.resources?.limits?.['memory'] === memory && !conditions?.some(({ type }) => type.startsWith('PodResize'));
  const after = (await node.cluster.untilStatus(uidOf(pod), has('96Mi'))).containerStatuses?.[0];
  assert.equal(after?.containerID, first?.containerID);
  assert.equal(after?.restartCount, 0);
  assert.deepEqual(after?.allocatedResources, { cpu: '500m', memory: '64Mi' });
  for (const id of ['', first?.containerID ?? '']) assert.deepEqual(limits(pod, id), { memory: String(96 << 20), cpu: unified ? '' : '512' });
  resize(pod, burstable('250m', '64Mi', '80Mi'));
  await node.cluster.untilStatus(uidOf(pod), has('80Mi'));
  for (const id of ['', first?.containerID ?? '']) assert.deepEqual(limits(pod, id), { memory: String(80 << 20), cpu: unified ? '' : '256' });
  const containers = (cpu: string, memory: string): string => `{"containers":[{"name":"main","resources":{"limits":{"cpu":"1","memory":"${memory}"},"requests":{"cpu":"${cpu}","memory":"64Mi"}}}]`;
  assert.deepEqual(told('grows'), [
    `ResizeStarted Pod resize started: ${containers('500m', '96Mi')},"generation":2}`, `ResizeCompleted Pod resize completed: ${containers('500m', '96Mi')},"generation":2}`,
    `ResizeStarted Pod resize started: ${containers('250m', '80Mi')},"generation":3}`, `ResizeCompleted Pod resize completed: ${containers('250m', '80Mi')},"generation":3}`,
  ]);
  await node.deletePod(pod);
});

test('a container whose policy asks for it restarts, once and at once', async () => {
  const pod = node.pod('restarts', {
    terminationGracePeriodSeconds: 1,
    containers: [shell('main', 'exec sleep 100000', { resources: burstable('100m', '64Mi'), resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }, { resourceName: 'memory', restartPolicy: 'RestartContainer' }] })],
  }, { generation: 1 });
  const first = (await node.cluster.untilStatus(uidOf(pod), ready)).containerStatuses?.[0];
  resize(pod, burstable('100m', '64Mi', '72Mi'));
  const now = (await node.cluster.untilStatus(uidOf(pod), (status) => ready(status) && status.containerStatuses?.[0]?.restartCount === 1 && !status.conditions?.some(({ type }) => type === 'PodResizeInProgress'))).containerStatuses?.[0];
  assert.notEqual(now?.containerID, first?.containerID);
  assert.equal(limits(pod, now?.containerID).memory, String(72 << 20));
  assert.ok(node.cluster.seenEvents.some(({ pod: name, reason, message }) => name === 'restarts' && reason === 'Killing' && message === 'Container main resize requires restart'));
  await node.deletePod(pod);
});

test('a limit of memory is not lowered below what is in use; once it is freed, it is', async () => {
  const pod = node.pod('holds', { containers: [shell('main', 'dd if=/dev/zero of=/dev/shm/x bs=1M count=40 && touch /tmp/full; exec sleep 100000', { resources: burstable('100m', '16Mi', '96Mi'), readinessProbe: { exec: { command: ['test', '-f', '/tmp/full'] }, periodSeconds: 1 } })] }, { generation: 1 });
  const first = (await node.cluster.untilStatus(uidOf(pod), ready)).containerStatuses?.[0];
  resize(pod, burstable('100m', '16Mi', '32Mi'));
  const refused = await node.cluster.untilStatus(uidOf(pod), (status) => condition(status, 'PodResizeInProgress') === 'Error');
  const limit = 32 << 20;
  assert.match(refused.conditions?.find(({ type }) => type === 'PodResizeInProgress')?.message ?? '', new RegExp(`^cannot decrease memory limits: \\[attempting to set pod memory limit \\(${limit}\\) below current usage \\(\\d+\\), attempting to set container "main" memory limit \\(${limit}\\) below current usage \\(\\d+\\)\\]$`));
  assert.equal(limits(pod, first?.containerID).memory, String(96 << 20));
  assert.ok(told('holds').some((event) => event.startsWith('ResizeError Pod resize error: ')));
  await node.exec(pod, 'rm /dev/shm/x');
  resize(pod, burstable('100m', '16Mi', '36Mi'));
  const done = await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses, conditions }) => containerStatuses?.[0]?.resources?.limits?.['memory'] === '36Mi' && !conditions?.some(({ type }) => type.startsWith('PodResize')));
  assert.equal(done.containerStatuses?.[0]?.containerID, first?.containerID);
  for (const id of ['', first?.containerID ?? '']) assert.equal(limits(pod, id).memory, String(36 << 20));
  await node.deletePod(pod);
});

test('what the node can never give is infeasible, what it has given to others is deferred until they go; both survive the agent', async () => {
  const cpus = Number(node.kubelet.context.allocatable()['cpu']);
  const big = { requests: { cpu: String(cpus - 0.5), memory: '16Mi' } };
  const other = node.pod('other', { containers: [shell('main', 'exec sleep 100000', { resources: big })] });
  const pod = node.pod('wants', { containers: [shell('main', 'exec sleep 100000', { resources: { requests: { cpu: '100m', memory: '16Mi' } } })] }, { generation: 1 });
  await Promise.all([other, pod].map((it) => node.cluster.untilStatus(uidOf(it), ready)));
  resize(pod, { requests: { cpu: '1000', memory: '16Mi' } });
  const never = await node.cluster.untilStatus(uidOf(pod), (status) => condition(status, 'PodResizePending') === 'Infeasible');
  assert.equal(never.conditions?.find(({ type }) => type === 'PodResizePending')?.message, `Node didn't have enough capacity: cpu, requested: 1000000, capacity: ${cpus * 1000}`);
  assert.deepEqual(never.containerStatuses?.[0]?.resources, { requests: { cpu: '100m', memory: '16Mi' } });
  resize(pod, { requests: { cpu: '1', memory: '16Mi' } });
  const later = await node.cluster.untilStatus(uidOf(pod), (status) => condition(status, 'PodResizePending') === 'Deferred');
  assert.equal(later.conditions?.find(({ type }) => type === 'PodResizePending')?.message, `Node didn't have enough resource: cpu, requested: 1000, used: ${cpus * 1000 - 500}, capacity: ${cpus * 1000}`);
  await node.kubelet.close();
  await node.startAgent();
  node.cluster.delete(uidOf(other), 0);
  const done = await node.cluster.untilStatus(uidOf(pod), ({ containerStatuses, conditions }) => containerStatuses?.[0]?.resources?.requests?.['cpu'] === '1' && !conditions?.some(({ type }) => type.startsWith('PodResize')));
  assert.equal(done.containerStatuses?.[0]?.restartCount, 0);
  if (!unified) assert.equal(limits(pod, done.containerStatuses?.[0]?.containerID).cpu, '1024');
  await node.deletePod(pod);
});
