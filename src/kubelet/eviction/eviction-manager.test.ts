import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Pod, PodSpec } from '../../resources/types/core-v1.ts';
import type { Verdict } from '../pods/pod-verdicts.ts';
import { EvictionManager } from './eviction-manager.ts';
import { noUse, rankPods, type PodUse } from './ranking.ts';
import type { Observation, Signal } from './signals.ts';
import { defaultEvictionHard, parseEvictionHard, thresholdAmount, thresholds, type EvictionSettings } from './thresholds.ts';

const mi = 1 << 20;

function pod(name: string, request = '0', spec: Partial<PodSpec> = {}): Pod {
  return { metadata: { name, namespace: 'd', uid: name }, spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { memory: request, 'ephemeral-storage': request } } }], ...spec }, status: { phase: 'Running' } };
}
const uses = (memory: number, more: Partial<PodUse> = {}): PodUse => ({ ...noUse, memory, disk: memory, containers: new Map([['c', memory]]), ...more });

class Machine {
  readonly clock = new SteppedClock();
  readonly seen = new Map<Signal, Observation>([['memory.available', { available: 4096 * mi, capacity: 8192 * mi }], ['nodefs.available', { available: 50_000 * mi, capacity: 100_000 * mi }]]);
  readonly evicted: [string, Verdict][] = [];
  readonly events: string[] = [];
  reclaimed = 0;
  reclaim: () => void = () => undefined;
  pods: readonly Pod[];
  readonly manager: EvictionManager;

  constructor(pods: readonly (readonly [Pod, PodUse])[], settings: EvictionSettings = {}) {
    this.pods = pods.map(([it]) => it);
    const table = new Map(pods.map(([it, use]) => [it.metadata.uid ?? '', use]));
    this.manager = new EvictionManager({
      settings, signals: { observe: () => this.seen }, pods: () => this.pods, usage: () => Promise.resolve(table), clock: this.clock, log: silentLogger,
      evict: (it, verdict) => {
        this.evicted.push([it.metadata.name ?? '', verdict]);
        this.pods = this.pods.filter((other) => other !== it);
        return Promise.resolve();
      },
      reclaimDisk: () => {
        this.reclaimed += 1;
        this.reclaim();
        return Promise.resolve();
      },
      events: { event: (it, _, reason) => void this.events.push(`${it.metadata.name} ${reason}`), nodeEvent: (_, reason, message) => void this.events.push(`node ${reason} ${message}`) },
    });
  }

  set(signal: Signal, available: number): void {
    this.seen.set(signal, { available, capacity: this.seen.get(signal)?.capacity ?? available });
  }
}

test('memory: one over its request goes first, then the less important, then the one furthest over', () => {
  const table: readonly (readonly [Pod, PodUse])[] = [
    [pod('within', '500Mi'), uses(400 * mi)], [pod('over-little', '100Mi'), uses(150 * mi)], [pod('over-much', '100Mi'), uses(300 * mi)],
    [pod('over-important', '0', { priority: 1000 }), uses(900 * mi)], [pod('within-important', '500Mi', { priority: 1000 }), uses(100 * mi)],
  ];
  const useOf = (it: Pod): PodUse => table.find(([other]) => other === it)?.[1] ?? noUse;
  const order = (signal: Signal): (string | undefined)[] => rankPods(table.map(([it]) => it), signal, useOf).map(({ metadata }) => metadata.name);
  assert.deepEqual(order('memory.available'), ['over-much', 'over-little', 'over-important', 'within', 'within-important']);
  assert.deepEqual(order('nodefs.available'), ['over-much', 'over-little', 'over-important', 'within', 'within-important']);
});

test('a hard threshold evicts one Pod at a look, with upstream\'s words; the condition stays five minutes', async () => {
  const machine = new Machine([[pod('small'), uses(10 * mi)], [pod('big'), uses(200 * mi)], [pod('static', '0', { priority: 2_000_000_000 }), uses(900 * mi)]]);
  await machine.manager.look();
  assert.equal(machine.evicted.length, 0);
  machine.set('memory.available', 64 * mi);
  await machine.manager.look();
  const message = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 64Mi. Container c was using 200Mi, request is 0, has larger consumption of memory. ';
  assert.deepEqual(machine.evicted, [['big', { reason: 'Evicted', message, graceSeconds: 1, condition: { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message } }]]);
  assert.deepEqual(machine.events, ['node EvictionThresholdMet Attempting to reclaim memory', 'big Evicted']);
  await machine.manager.look();
  await machine.manager.look();
  assert.deepEqual(machine.evicted.map(([name]) => name), ['big', 'small'], 'critical Pods stay');
  machine.set('memory.available', 4096 * mi);
  await machine.clock.advance(299_000);
  await machine.manager.look();
  assert.equal(machine.manager.has('MemoryPressure'), true);
  await machine.clock.advance(2000);
  assert.equal(machine.manager.has('MemoryPressure'), false);
});

test('a disk is first cleared of what nobody uses', async () => {
  const machine = new Machine([[pod('user'), uses(10 * mi)]]);
  machine.set('nodefs.available', 9_999 * mi);
  machine.reclaim = () => machine.set('nodefs.available', 20_000 * mi);
  await machine.manager.look();
  assert.deepEqual([machine.reclaimed, machine.evicted.length, machine.manager.has('DiskPressure')], [1, 0, true]);
  machine.set('nodefs.available', 9_999 * mi);
  machine.reclaim = () => undefined;
  await machine.manager.look();
  assert.equal(machine.evicted[0]?.[1].message, 'The node was low on resource: ephemeral-storage. Threshold quantity: 10000Mi, available: 9999Mi. ');
});

test('a soft threshold waits for its grace period, and gives Pods time to end', async () => {
  const machine = new Machine([[pod('user', '0', { terminationGracePeriodSeconds: 60 }), uses(10 * mi)]], { evictionSoft: { 'memory.available': '1Gi' }, evictionSoftGracePeriod: { 'memory.available': 90 }, evictionMaxPodGracePeriod: 20 });
  machine.set('memory.available', 512 * mi);
  await machine.manager.look();
  assert.deepEqual([machine.evicted.length, machine.manager.has('MemoryPressure')], [0, true]);
  await machine.clock.advance(89_000);
  machine.set('memory.available', 2048 * mi);
  await machine.manager.look();
  machine.set('memory.available', 512 * mi);
  await machine.manager.look();
  await machine.clock.advance(89_000);
  await machine.manager.look();
  assert.equal(machine.evicted.length, 0, 'the time begins anew');
  await machine.clock.advance(1000);
  await machine.manager.look();
  assert.equal(machine.evicted[0]?.[1].graceSeconds, 20);
});

test('a node under pressure refuses Pods, and for memory only those that promise nothing', async () => {
  const machine = new Machine([]);
  const burstable = pod('b', '10Mi');
  const bestEffort = pod('e');
  machine.set('memory.available', 1);
  await machine.manager.look();
  assert.deepEqual(machine.manager.admit(bestEffort), { reason: 'Evicted', message: 'The node had condition: [MemoryPressure]. ' });
  assert.equal(machine.manager.admit(pod('t', '0', { tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists' }] })), undefined);
  assert.equal(machine.manager.admit(burstable), undefined);
  machine.set('nodefs.available', 1);
  await machine.manager.look();
  assert.equal(machine.manager.admit(burstable)?.message, 'The node had condition: [MemoryPressure DiskPressure]. ');
  assert.equal(machine.manager.admit(pod('c', '0', { priority: 2_000_001_000 })), undefined);
});

test('a container that writes more than its limit of ephemeral storage takes its Pod down', async () => {
  const limited: Pod = { ...pod('writer'), spec: { containers: [{ name: 'c', image: 'i', resources: { limits: { 'ephemeral-storage': '1Mi' } } }] } };
  const machine = new Machine([[limited, uses(0, { layers: new Map([['c', 2 * mi]]), disk: 2 * mi })]]);
  await machine.manager.look();
  assert.equal(machine.evicted[0]?.[1].message, 'Container c exceeded its local ephemeral storage limit "1Mi". ');
});

test('thresholds: defaults, replaced as a whole, switched off one by one, and what cannot be meant', () => {
  const texts = (settings: EvictionSettings): string[] => thresholds(settings).map(({ signal, value, graceMs }) => `${signal}<${value}${graceMs > 0 ? ` for ${graceMs} ms` : ''}`);
  assert.deepEqual(texts({}), ['memory.available<100Mi', 'nodefs.available<10%', 'nodefs.inodesFree<5%', 'imagefs.available<15%', 'imagefs.inodesFree<5%']);
  assert.deepEqual(texts({ evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '0%', 'nodefs.inodesFree': '0', 'imagefs.available': '1Gi', 'imagefs.inodesFree': '0%' } }), ['memory.available<100Mi', 'imagefs.available<1Gi']);
  assert.throws(() => thresholds({ evictionSoft: { 'memory.available': '1Gi' } }), /grace period must be specified/);
  assert.throws(() => thresholds({ evictionHard: { 'memory.available': '120%' } }), /between 0% and 100%/);
});

test('thresholds as they are written on a command line', () => {
  assert.deepEqual(parseEvictionHard(' memory.available<1G, nodefs.available<12.5%'), { 'memory.available': '1G', 'nodefs.available': '12.5%' });
  assert.deepEqual(Object.keys(parseEvictionHard(defaultEvictionHard)).length, 5);
  assert.equal(thresholdAmount({ value: '12.5%' }, 800), 100);
  const wrong: readonly [string, RegExp][] = [
    ['memory.available', /is not a threshold: write it as memory\.available<100Mi/], ['cpu.available<10%', /the signal cpu\.available is not known/],
    ['memory.available<100%', /can never be available/], ['memory.available<much', /neither an amount/],
  ];
  for (const [text, why] of wrong) assert.throws(() => parseEvictionHard(text), (error: unknown) => error instanceof TypeError && why.test(error.message), text);
});

test('once crossed, a threshold holds until its minimum beyond it is free', async () => {
  const settings: EvictionSettings = { evictionHard: { 'memory.available': '100Mi' }, evictionMinimumReclaim: { 'memory.available': '50Mi' } };
  const machine = new Machine([[pod('a'), uses(10 * mi)], [pod('b'), uses(20 * mi)], [pod('c'), uses(5 * mi)]], settings);
  machine.set('memory.available', 120 * mi);
  await machine.manager.look();
  assert.deepEqual([machine.evicted.length, machine.manager.has('MemoryPressure')], [0, false], 'not crossed yet');
  for (const available of [99, 110, 149]) {
    machine.set('memory.available', available * mi);
    await machine.manager.look();
  }
  assert.deepEqual(machine.evicted.map(([name]) => name), ['b', 'a', 'c']);
  machine.set('memory.available', 150 * mi);
  await machine.manager.look();
  machine.set('memory.available', 120 * mi);
  await machine.manager.look();
  await machine.clock.advance(301_000);
  assert.equal(machine.manager.has('MemoryPressure'), false, 'and the next crossing begins at the threshold itself');
});

test('a disk that is cleared to its threshold, but not beyond, is not cleared enough', async () => {
  const machine = new Machine([[pod('user'), uses(10 * mi)]], { evictionHard: { 'nodefs.available': '10%' }, evictionMinimumReclaim: { 'nodefs.available': '5%' } });
  machine.set('nodefs.available', 9_999 * mi);
  machine.reclaim = () => machine.set('nodefs.available', 14_999 * mi);
  await machine.manager.look();
  assert.equal(machine.evicted.length, 1);
});
