import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeInfo } from '../../state/node-info.ts';
import { podInfo } from '../../state/pod-info.ts';
import { node, pod } from '../../testing/objects.ts';
import { leastAllocated, strategyScore, type ScoringStrategy } from './scoring-strategy.ts';

/** A node of 4 CPUs and 8 GiB, half of its CPUs and a quarter of its memory taken. */
function busyNode(): NodeInfo {
  const info = new NodeInfo(node('a', { capacity: { 'example.com/gpu': '4' } }));
  info.add(podInfo(pod('there', { requests: { cpu: '2', memory: '2Gi', 'example.com/gpu': '1' } })));
  return info;
}

const packing: ScoringStrategy['shape'] = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
];
const resources = leastAllocated.resources;

const cases: readonly { readonly name: string; readonly strategy: ScoringStrategy; readonly requests: Record<string, string>; readonly score: number }[] = [
  { name: 'least: a quarter of CPU and half of memory is left', strategy: leastAllocated, requests: { cpu: '1', memory: '2Gi' }, score: 37 },
  { name: 'most', strategy: { type: 'MostAllocated', resources, shape: [] }, requests: { cpu: '1', memory: '2Gi' }, score: 62 },
  { name: 'most, CPU three times as important', strategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 3 }, { name: 'memory', weight: 1 }], shape: [] }, requests: { cpu: '1', memory: '2Gi' }, score: 68 },
  { name: 'least: more than there is counts as nothing left', strategy: leastAllocated, requests: { cpu: '9', memory: '2Gi' }, score: 25 },
  { name: 'ratio along a line', strategy: { type: 'RequestedToCapacityRatio', resources, shape: packing }, requests: { cpu: '1', memory: '2Gi' }, score: 63 },
  { name: 'ratio of a device', strategy: { type: 'RequestedToCapacityRatio', resources: [{ name: 'example.com/gpu', weight: 5 }], shape: packing }, requests: { 'example.com/gpu': '2' }, score: 75 },
  { name: 'ratio turned round', strategy: { type: 'RequestedToCapacityRatio', resources, shape: [{ utilization: 0, score: 10 }, { utilization: 100, score: 0 }] }, requests: { cpu: '1', memory: '2Gi' }, score: 38 },
  { name: 'a device that is not asked for does not count', strategy: { type: 'MostAllocated', resources: [{ name: 'example.com/gpu', weight: 1 }], shape: [] }, requests: { cpu: '1' }, score: 0 },
];

for (const { name, strategy, requests, score } of cases) {
  test(`${name}: ${score}`, () => assert.equal(strategyScore(strategy, podInfo(pod('subject', { requests })))(busyNode()), score));
}
