/** Thresholds, the order in which Pods go, and a node that runs out of memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import { EvictionManager } from './eviction-manager.ts';
import { rankByMemory, type PodMemory } from './ranking.ts';
import { parseEvictionHard, thresholdBytes } from './thresholds.ts';

const mebi = 1024 * 1024;

for (const [text, capacity, bytes] of [['memory.available<100Mi', 1, 100 * mebi], ['memory.available<40%', 1000 * mebi, 400 * mebi], ['memory.available<12.5%', 800, 100], [' memory.available<1G', 1, 1e9]] as const) {
  test(`the threshold ${text}`, () => assert.equal(thresholdBytes(parseEvictionHard(text), capacity), bytes));
}
for (const [text, why] of [
  ['memory.available', /is not a threshold: write it as memory\.available<100Mi/],
  ['nodefs.available<10%', /the signal nodefs\.available is not known/],
  ['memory.available<100%', /can never be available/],
  ['memory.available<much', /neither an amount of memory/],
] as const) {
  test(`no threshold: ${text}`, () => assert.throws(() => parseEvictionHard(text), (error: unknown) => error instanceof TypeError && why.test(error.message)));
}

interface Sketch {
  readonly used: number;
  readonly request?: number;
  readonly priority?: number;
  readonly tolerations?: readonly object[];
}
function podMemory(name: string, { used, request, priority = 0, tolerations = [] }: Sketch): PodMemory {
  const resources = request === undefined ? {} : { requests: { memory: `${request}Mi` } };
  const pod = { metadata: { name, uid: name }, spec: { priority, tolerations, containers: [{ name: 'main', resources }] } } as unknown as Pod;
  return { pod, containers: new Map([['main', used * mebi]]) };
}
const names = (list: readonly PodMemory[]): (string | undefined)[] => list.map(({ pod }) => pod.metadata.name);

test('above their request before below it, then by priority, then by how far above; critical ones stay', () => {
  const pods = [
    podMemory('within', { used: 900, request: 1000 }), podMemory('important', { used: 800, request: 10, priority: 10 }), podMemory('little', { used: 20, request: 10 }),
    podMemory('much', { used: 50 }), podMemory('critical', { used: 5000, priority: 2_000_001_000 }), podMemory('within, unimportant', { used: 1, request: 1000, priority: -1 }),
  ];
  assert.deepEqual(names(rankByMemory(pods)), ['much', 'little', 'important', 'within, unimportant', 'within']);
});

test('a node short of memory evicts one Pod after the other, and is under pressure until a while after', async () => {
  const clock = new SteppedClock();
  let available = 300 * mebi;
  let pods = [podMemory('small', { used: 100 }), podMemory('large', { used: 300, request: 50 })];
  const ending = new Set<string>();
  const evicted: [string | undefined, string][] = [];
  const events: string[] = [];
  const manager = new EvictionManager({
    clock, log: silentLogger, threshold: 200 * mebi, transitionMs: 30_000, available: () => available, usage: () => Promise.resolve(pods), isEnding: ({ metadata }) => ending.has(metadata.name ?? ''),
    evict: (pod, message) => evicted.push([pod.metadata.name, message]), event: (type, reason, message) => events.push(`${type} ${reason} ${message}`),
  });
  const idle = podMemory('idle', { used: 0 }).pod;
  await manager.look();
  assert.deepEqual([evicted, manager.underPressure, manager.refuse(idle)], [[], false, undefined]);

  available = 150 * mebi;
  await manager.look();
  assert.deepEqual(evicted, [['large', 'The node was low on resource: memory. Threshold quantity: 200Mi, available: 150Mi. Container main was using 300Mi, request is 50Mi, has larger consumption of memory. ']]);
  assert.deepEqual(events, ['Warning EvictionThresholdMet Attempting to reclaim memory']);
  assert.deepEqual(manager.refuse(idle), { reason: 'Evicted', message: 'The node had condition: [MemoryPressure]. ' });
  assert.equal(manager.refuse(podMemory('asked', { used: 0, request: 10 }).pod), undefined);
  assert.equal(manager.refuse(podMemory('patient', { used: 0, tolerations: [{ key: 'node.kubernetes.io/memory-pressure', operator: 'Exists' }] }).pod), undefined);

  ending.add('large');
  await manager.look();
  assert.equal(evicted.length, 1, 'the first has not ended yet');
  ending.clear();
  pods = pods.slice(0, 1);
  await manager.look();
  assert.deepEqual(evicted.map(([name]) => name), ['large', 'small']);

  available = 300 * mebi;
  await clock.advance(29_000);
  assert.equal(manager.underPressure, true);
  await clock.advance(1000);
  assert.equal(manager.underPressure, false);
  assert.equal(manager.refuse(idle), undefined);
});
