import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventCorrelator, type Counted, type Occurrence } from './event-correlator.ts';

const minute = 60_000;
const started = (message: string, more: Partial<Occurrence> = {}): Occurrence => ({ subject: 'v1|ReplicaSet|default|web|1', type: 'Normal', reason: 'SuccessfulCreate', message, ...more });
const said = (counted: Counted | undefined): string => (counted ? `${counted.count} ${counted.message}` : 'nothing');

test('the same event counts up, however long it takes to come again', () => {
  const events = new EventCorrelator();
  const seen = [0, 1, 45 * minute].map((now) => events.observe(started('a'), now));
  assert.deepEqual(seen.map(said), ['1 a', '2 a', '3 a']);
  assert.equal(new Set(seen.map((one) => one?.identity)).size, 1);
  assert.deepEqual(seen.map((one) => one?.first), [0, 0, 0]);
});

test('another message, reason, type, field or object is another event', () => {
  const events = new EventCorrelator();
  const others = [{}, { message: 'b' }, { reason: 'Killing' }, { type: 'Warning' }, { fieldPath: 'spec.containers{web}' }, { subject: 'v1|Pod|default|web|2' }];
  assert.deepEqual(others.map((more) => events.observe(started('a', more), 0)?.count), [1, 1, 1, 1, 1, 1]);
});

test('from the tenth message on, those of one reason are one event', () => {
  const events = new EventCorrelator();
  const seen = Array.from({ length: 12 }, (_, i) => events.observe(started(`Created pod: web-${i}`), i));
  assert.equal(said(seen[8]), '1 Created pod: web-8');
  assert.deepEqual(seen.slice(9).map(said), [9, 10, 11].map((n, i) => `${i + 1} (combined from similar events): Created pod: web-${n}`));
  assert.equal(said(events.observe(started('other', { reason: 'FailedCreate' }), 12)), '1 other');
});

test('messages that came long before do not count as similar', () => {
  const events = new EventCorrelator();
  for (let i = 0; i < 9; i++) events.observe(started(`m${i}`), i);
  assert.equal(said(events.observe(started('m9'), 8 + 10 * minute + 1)), '1 m9');
});

test('an object may cause 25 events at once, then one every five minutes, with what was held back counted', () => {
  const events = new EventCorrelator();
  const burst = Array.from({ length: 30 }, () => events.observe(started('a'), 0));
  assert.deepEqual([burst.filter((one) => one).length, said(burst[24]), said(burst[25])], [25, '25 a', 'nothing']);
  assert.equal(said(events.observe(started('a', { subject: 'v1|Pod|default|web|2' }), 0)), '1 a');
  assert.equal(said(events.observe(started('a'), 5 * minute - 1)), 'nothing');
  assert.equal(said(events.observe(started('a'), 5 * minute)), '32 a');
  assert.equal(said(events.observe(started('a'), 5 * minute + 1)), 'nothing');
});

test('an event that was held back from the first begins when it began', () => {
  const events = new EventCorrelator();
  for (let i = 0; i < 25; i++) events.observe(started('a'), 0);
  assert.equal(events.observe(started('b'), 1), undefined);
  const counted = events.observe(started('b'), 5 * minute);
  assert.deepEqual([said(counted), counted?.first], ['2 b', 1]);
});
