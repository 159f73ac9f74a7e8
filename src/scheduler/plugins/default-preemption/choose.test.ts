import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeInfo } from '../../state/node-info.ts';
import { podInfo } from '../../state/pod-info.ts';
import { node, pod } from '../../testing/objects.ts';
import { cheapest } from './choose.ts';
import type { Victims } from './victims.ts';

/** A victim: its priority, and the minute in which it started. */
type Victim = readonly [priority: number, started?: number];

function candidate(name: string, violations: number, ...victims: readonly Victim[]): Victims {
  const pods = victims.map(([priority, minute], i) => podInfo({ ...pod(`${name}-${i}`, { priority }), ...(minute !== undefined && { status: { startTime: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString() } }) }));
  return { node: new NodeInfo(node(name)), pods, violations };
}

const cases: readonly { readonly name: string; readonly candidates: readonly Victims[]; readonly chosen: string }[] = [
  { name: 'fewer budgets are broken, whatever else', candidates: [candidate('a', 1, [1]), candidate('b', 0, [9], [9])], chosen: 'b' },
  { name: 'the most important victim is less important', candidates: [candidate('a', 0, [5]), candidate('b', 0, [4], [4], [4])], chosen: 'b' },
  { name: 'the priorities come to less', candidates: [candidate('a', 0, [5], [3]), candidate('b', 0, [5], [2])], chosen: 'b' },
  { name: 'negative priorities add up too', candidates: [candidate('a', 0, [-1], [-5]), candidate('b', 0, [-1])], chosen: 'b' },
  { name: 'fewer victims', candidates: [candidate('a', 0, [5], [5]), candidate('b', 0, [5])], chosen: 'b' },
  { name: 'the most important victim started later', candidates: [candidate('a', 0, [5, 10]), candidate('b', 0, [5, 20])], chosen: 'b' },
  { name: 'of the most important victims the earliest counts', candidates: [candidate('a', 0, [5, 10], [5, 40]), candidate('b', 0, [5, 20], [5, 30])], chosen: 'b' },
  { name: 'when lesser victims started is of no matter', candidates: [candidate('a', 0, [5, 20], [3, 10]), candidate('b', 0, [5, 10], [3, 40])], chosen: 'a' },
  { name: 'of equals the first', candidates: [candidate('a', 0, [5, 10]), candidate('b', 0, [5, 10])], chosen: 'a' },
];

for (const { name, candidates, chosen } of cases) test(`room is made where ${name}`, () => assert.equal(cheapest(candidates)?.node.name, chosen));

test('where nobody can go, nothing is chosen', () => assert.equal(cheapest([]), undefined));
