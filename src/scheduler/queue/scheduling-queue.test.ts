import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { Framework } from '../framework/framework.ts';
import type { Plugin } from '../framework/plugin.ts';
import { prioritySort } from '../plugins/priority-sort/priority-sort.ts';
import { Nominations } from '../state/nominations.ts';
import { podInfo } from '../state/pod-info.ts';
import { pod } from '../testing/objects.ts';
import { SchedulingQueue, type QueuedPod } from './scheduling-queue.ts';

const picky: Plugin = { name: 'Picky', wakes: (event) => event.type === 'node-added' };
const nodeAdded = { type: 'node-added', node: { metadata: { name: 'n' } } } as const;

function setUp() {
  const clock = new SteppedClock();
  const framework = new Framework([prioritySort(), picky].map((plugin) => ({ plugin, weight: 0 })), new Nominations());
  return { clock, queue: new SchedulingQueue({ clock, framework }) };
}

async function take(queue: SchedulingQueue): Promise<QueuedPod> {
  const queued = await queue.next();
  assert.ok(queued);
  return queued;
}

test('higher priority first, then the older', async () => {
  const { queue } = setUp();
  for (const [name, priority] of [['low', 1], ['first', 5], ['second', 5]] as const) queue.add(podInfo(pod(name, { priority })));
  assert.deepEqual([(await take(queue)).pod.name, (await take(queue)).pod.name, (await take(queue)).pod.name], ['first', 'second', 'low']);
  queue.close();
});

test('a refused Pod sleeps until an event concerns who refused it', async () => {
  const { queue } = setUp();
  queue.add(podInfo(pod('web')));
  const queued = await take(queue);
  queue.refused(queued, new Set(['Picky']));
  queue.done('web');
  queue.happened({ type: 'node-removed' });
  assert.deepEqual(queue.sizes, { active: 0, backoff: 0, unschedulable: 1 });
  queue.happened(nodeAdded);
  assert.equal((await take(queue)).attempts, 2);
  queue.close();
});

test('what happens during an attempt is not missed, what happened before it is of no matter', async () => {
  const { queue } = setUp();
  queue.add(podInfo(pod('web')));
  const first = await take(queue);
  queue.happened(nodeAdded);
  queue.begin();
  queue.refused(first, new Set(['Picky']));
  queue.done('web');
  assert.deepEqual(queue.sizes, { active: 0, backoff: 0, unschedulable: 1 });
  queue.activate('web');
  const second = await take(queue);
  queue.begin();
  queue.happened(nodeAdded);
  queue.refused(second, new Set(['Picky']));
  queue.done('web');
  assert.equal(queue.sizes.unschedulable, 0);
  queue.close();
});

test('after an error a Pod pauses for a second, then two, and ten at most', async () => {
  const { clock, queue } = setUp();
  queue.add(podInfo(pod('web')));
  for (const pause of [1000, 2000, 4000, 8000, 10_000, 10_000]) {
    queue.failed(await take(queue));
    queue.done('web');
    await clock.advance(pause - 1);
    assert.equal(queue.sizes.active, 0, `before ${pause} ms`);
    await clock.advance(1);
    assert.equal(queue.sizes.active, 1, `after ${pause} ms`);
  }
  queue.close();
});

test('nobody sleeps longer than five minutes and the next look', async () => {
  const { clock, queue } = setUp();
  queue.add(podInfo(pod('web')));
  queue.refused(await take(queue), new Set(['Picky']));
  queue.done('web');
  await clock.advance(299_999);
  assert.equal(queue.sizes.unschedulable, 1);
  await clock.advance(30_000);
  assert.equal(queue.sizes.active, 1);
  queue.close();
});
