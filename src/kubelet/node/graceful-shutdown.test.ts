import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { Verdict } from '../pods/pod-verdicts.ts';
import type { PodWorker } from '../pods/pod-worker.ts';
import { GracefulShutdown, type ShutdownPeriods } from './graceful-shutdown.ts';

const pod = (name: string, priority: number, grace: number, phase = 'Running'): Pod => ({ metadata: { name, uid: name }, spec: { containers: [], priority, terminationGracePeriodSeconds: grace }, status: { phase } });

/** Pods that end when they are told to, but for `stubborn`. */
function node(periods: ShutdownPeriods, pods: readonly Pod[]): { shutdown: GracefulShutdown; clock: SteppedClock; told: string[] } {
  const clock = new SteppedClock();
  const told: string[] = [];
  const worker = (uid: string): PodWorker => ({ evict: ({ graceSeconds }: Verdict) => (told.push(`${uid} ${graceSeconds}`), uid === 'stubborn' ? new Promise<void>(() => undefined) : Promise.resolve()) }) as unknown as PodWorker;
  return { shutdown: new GracefulShutdown({ workers: () => ({ pods: () => pods, worker }), periods, clock, log: silentLogger }), clock, told };
}

test('without a period Pods are left running', async () => {
  const { shutdown, told } = node({}, [pod('a', 0, 30)]);
  await shutdown.run();
  assert.deepEqual([told, shutdown.hasBegun, shutdown.refusal()], [[], false, undefined]);
});

test('Pods end within their part of the period, the critical ones last, and no Pod is taken meanwhile', async () => {
  const { shutdown, clock, told } = node({ gracePeriod: 30, gracePeriodCriticalPods: 10 }, [pod('critical', 2_000_000_000, 60), pod('short', 0, 5), pod('stubborn', 0, 60), pod('over', 0, 5, 'Succeeded')]);
  const done = shutdown.run();
  assert.equal(shutdown.refusal()?.reason, 'NodeShutdown');
  await clock.advance(20_000);
  assert.deepEqual(told, ['short 5', 'stubborn 20']);
  await clock.advance(1000);
  await Promise.all([done, shutdown.run()]);
  assert.deepEqual(told, ['short 5', 'stubborn 20', 'critical 10'], 'and each is told once');
});
