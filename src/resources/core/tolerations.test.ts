import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Toleration } from '../types/core-v1.ts';
import { mergeTolerations } from './tolerations.ts';

const exists = (key: string, more: Partial<Toleration> = {}): Toleration => ({ key, operator: 'Exists', ...more });
const equal = (key: string, value: string, more: Partial<Toleration> = {}): Toleration => ({ key, operator: 'Equal', value, ...more });

const cases: readonly (readonly [string, readonly Toleration[], readonly Toleration[], readonly Toleration[]])[] = [
  ['different ones stay', [exists('a')], [exists('b')], [exists('a'), exists('b')]],
  ['equal ones become one', [exists('a')], [exists('a')], [exists('a')]],
  ['a later one covers an earlier', [equal('a', '1')], [exists('a')], [exists('a')]],
  ['an earlier one covers a later', [exists('a')], [equal('a', '1')], [exists('a')]],
  ['every key covers one key', [{ operator: 'Exists' }], [exists('a', { effect: 'NoSchedule' })], [{ operator: 'Exists' }]],
  ['one effect does not cover all', [exists('a', { effect: 'NoSchedule' })], [exists('a')], [exists('a')]],
  ['another effect is another matter', [exists('a', { effect: 'NoSchedule' })], [exists('a', { effect: 'NoExecute' })], [exists('a', { effect: 'NoSchedule' }), exists('a', { effect: 'NoExecute' })]],
  ['a longer time covers a shorter', [exists('a', { effect: 'NoExecute', tolerationSeconds: 10 })], [exists('a', { effect: 'NoExecute', tolerationSeconds: 20 })], [exists('a', { effect: 'NoExecute', tolerationSeconds: 20 })]],
  ['a time does not cover for ever', [exists('a', { effect: 'NoExecute' })], [exists('a', { effect: 'NoExecute', tolerationSeconds: 20 })], [exists('a', { effect: 'NoExecute' })]],
  ['another value is another matter', [equal('a', '1')], [equal('a', '2')], [equal('a', '1'), equal('a', '2')]],
];

for (const [name, first, second, merged] of cases) test(`tolerations: ${name}`, () => assert.deepEqual(mergeTolerations(first, second), merged));
