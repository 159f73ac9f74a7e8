import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import { PodVolumes } from './pod-volumes.ts';
import type { RuntimePod } from './runtime-pod.ts';

const minute = 60_000;
const hour = 60 * minute;
const pod: Pod = { metadata: { name: 'web', namespace: 'default', uid: '1' }, spec: { containers: [], volumes: [{ name: 'settings', configMap: { name: 'settings' } }] } };
const running = { sandboxes: [], sandbox: {}, ips: [], containers: [] } as unknown as RuntimePod;

interface Node {
  readonly volumes: PodVolumes;
  readonly clock: SteppedClock;
  readonly done: string[];
  /** When the Pod's token is to be renewed, on the clock. */
  renewAt?: number;
  during?: () => void;
  fails?: boolean;
}

function node(): Node {
  const clock = new SteppedClock();
  const done: string[] = [];
  const work = (what: string) => () => {
    done.push(what);
    self.during?.();
    return self.fails === true ? Promise.reject(new Error('no such thing')) : Promise.resolve(what === 'mount' ? new Map<string, never>() : false);
  };
  const context = {
    nodeName: 'n', hostIPs: () => [], allocatable: () => ({}), clock,
    events: { event: (_: Pod, __: string, reason: string) => void done.push(reason), nodeEvent: () => undefined },
    volumes: { mount: work('mount') as () => Promise<Map<string, never>>, refresh: work('refresh') as () => Promise<boolean>, renewalIn: () => (self.renewAt === undefined ? undefined : self.renewAt - clock.now()) },
  };
  const self: Node = { volumes: new PodVolumes(context), clock, done };
  return self;
}

test('what was mounted is not looked at again until something changes', async () => {
  const { volumes, clock, done } = node();
  await volumes.mount(pod, running);
  assert.equal(await volumes.refresh(pod, running), undefined);
  await clock.advance(48 * hour);
  assert.equal(await volumes.refresh(pod, running), undefined);
  volumes.expire();
  await volumes.refresh(pod, running);
  assert.deepEqual(done, ['mount', 'refresh']);
});

test('a Pod taken up again is looked at once', async () => {
  const { volumes, done } = node();
  await volumes.refresh(pod, running);
  await volumes.refresh(pod, running);
  assert.deepEqual(done, ['refresh']);
});

test('tokens are renewed when they are due, and asked for each minute when they are overdue', async () => {
  const one = node();
  one.renewAt = one.clock.now() + 48 * minute;
  await one.volumes.mount(pod, running);
  assert.equal(await one.volumes.refresh(pod, running), 48 * minute);
  await one.clock.advance(48 * minute);
  assert.equal(await one.volumes.refresh(pod, running), minute);
  one.renewAt = one.clock.now() + 30 * hour;
  await one.clock.advance(minute);
  assert.equal(await one.volumes.refresh(pod, running), hour);
  assert.deepEqual(one.done, ['mount', 'refresh', 'refresh']);
});

test('what changes during a refresh calls for another', async () => {
  const one = node();
  one.during = () => one.volumes.expire();
  assert.equal(await one.volumes.refresh(pod, running), 0);
  delete one.during;
  assert.equal(await one.volumes.refresh(pod, running), undefined);
  assert.deepEqual(one.done, ['refresh', 'refresh']);
});

test('what cannot be mounted or brought up to date is told, and tried again', async () => {
  const one = node();
  one.fails = true;
  await assert.rejects(one.volumes.mount(pod, running), /no such thing/);
  assert.equal(await one.volumes.refresh(pod, running), minute);
  one.fails = false;
  await one.clock.advance(minute);
  assert.equal(await one.volumes.refresh(pod, running), undefined);
  assert.deepEqual(one.done, ['mount', 'FailedMount', 'refresh', 'FailedMount', 'refresh']);
});
