import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/log.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import { StatusReporter } from './status-reporter.ts';

const pod: Pod = { metadata: { name: 'web', namespace: 'default', uid: '1' }, spec: { containers: [] } };
const status = (ready: string, phase = 'Running'): PodStatus => ({ phase, conditions: [{ type: 'Ready', status: ready }, { type: 'ContainersReady', status: ready }] });

function reporter(known?: PodStatus): { reporter: StatusReporter; written: PodStatus[] } {
  const written: PodStatus[] = [];
  const sink = { updateStatus: (_: Pod, one: PodStatus) => Promise.resolve(void written.push(one)) };
  return { reporter: new StatusReporter(sink, { clock: systemClock, log: silentLogger, signal: new AbortController().signal, known }), written };
}

test('a status is written once', async () => {
  const { reporter: one, written } = reporter();
  one.report(pod, status('True'));
  one.report(pod, status('True'));
  await one.flushed();
  assert.deepEqual(written, [status('True')]);
});

test('what others change is written again', async () => {
  const { reporter: one, written } = reporter();
  one.report(pod, status('True'));
  await one.flushed();
  assert.equal(one.isContradictedBy(status('True')), false);
  one.report(pod, status('True'));
  assert.equal(one.isContradictedBy(status('False')), true);
  one.report(pod, status('True'));
  await one.flushed();
  assert.deepEqual(written, [status('True'), status('True')]);
});

test('an agent that was started anew stands by what was written before it', () => {
  assert.equal(reporter(status('True')).reporter.isContradictedBy(status('False')), true);
  assert.equal(reporter().reporter.isContradictedBy(status('False')), false);
});

test('the past is no contradiction while a write is under way', async () => {
  const { reporter: one } = reporter();
  one.report(pod, status('True'));
  assert.equal(one.isContradictedBy(status('False')), false);
  await one.flushed();
});
