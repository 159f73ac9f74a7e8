import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { planTests } from './test-plan.ts';

const root = path.resolve(import.meta.dirname, '..');

it('a second kubectl does the book once more, and nothing else', () => {
  const names = (secondKubectl?: string): (string | undefined)[][] => planTests(root, { only: ['ch02', 'e2e/api'], secondKubectl }).serial.map(({ name, env }) => [name, env?.['K8TS_KUBECTL']]);
  assert.deepEqual(names(), [['e2e/api', undefined], ['book/ch02', undefined]]);
  assert.deepEqual(names('kubectl'), [['e2e/api', undefined], ['book/ch02', undefined], ['book/ch02 (second kubectl)', 'kubectl']]);
});

it('tests at their full length may take longer', () => {
  const [usual] = planTests(root, { only: ['ch02'] }).serial;
  const [long] = planTests(root, { only: ['ch02'], full: true }).serial;
  assert.ok((long?.timeoutMs ?? 0) > (usual?.timeoutMs ?? 0));
});
