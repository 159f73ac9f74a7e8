import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { createRegistry } from '../../resources/registry.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { parseRequest } from '../request-info.ts';
import { FlowControl } from './flow-control.ts';
import { hand, PriorityLevel } from './priority-level.ts';

const control = new FlowControl({ registry: createRegistry([]), objects: {} as ObjectStore, clock: new SteppedClock({ start: 0 }), seats: 600 });
const all = 'system:authenticated';
const cases: [string, string, string, readonly string[], string, string][] = [
  ['GET', '/api/v1/pods', 'admin', ['system:masters', all], 'exempt', 'exempt'],
  ['GET', '/readyz', 'system:anonymous', ['system:unauthenticated'], 'probes', 'exempt'],
  ['PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x', 'system:kube-scheduler', [all], 'system-leader-election', 'leader-election'],
  ['PATCH', '/api/v1/nodes/n/status', 'system:node:n', ['system:nodes', all], 'system-node-high', 'node-high'],
  ['GET', '/api/v1/pods', 'system:node:n', ['system:nodes', all], 'system-nodes', 'system'],
  ['GET', '/api/v1/pods', 'system:kube-controller-manager', [all], 'kube-controller-manager', 'workload-high'],
  ['GET', '/api/v1/pods', 'system:serviceaccount:kube-system:x', ['system:serviceaccounts', all], 'kube-system-service-accounts', 'workload-high'],
  ['GET', '/api/v1/pods', 'system:serviceaccount:team:x', ['system:serviceaccounts', all], 'service-accounts', 'workload-low'],
  ['GET', '/api/v1/pods', 'jane', [all], 'global-default', 'global-default'],
];
for (const [method, path, name, groups, schema, level] of cases) {
  test(`${name}: ${method} ${path} is of ${schema}`, () => {
    const flow = control.flowOf(parseRequest(method, path, new URLSearchParams()), { name, groups });
    assert.deepEqual([flow.schema.metadata.name, flow.configuration.metadata.name], [schema, level]);
    assert.equal(flow.level === undefined, level === 'exempt');
  });
}

test('a flow with many requests does not keep out one with few', async () => {
  const level = new PriorityLevel({ seats: 1, borrowable: 0, queues: 64, handSize: 6, queueLength: 50 }, { total: 1, used: 0 }, new SteppedClock({ start: 0 }));
  const order: string[] = [];
  await level.enter('first', 1000);
  const all = [...Array.from({ length: 40 }, () => 'elephant'), 'mouse'].map(async (flow) => { await level.enter(flow, 1000); order.push(flow); });
  for (let i = 0; i < 41; i++) {
    level.leave();
    level.dispatch();
    await Promise.resolve();
  }
  await Promise.all(all);
  assert.ok(order.indexOf('mouse') < 10, `the mouse came ${order.indexOf('mouse')}th`);
});

test('seats are borrowed only while others leave them', async () => {
  const shared = { total: 3, used: 0 };
  const clock = new SteppedClock({ start: 0 });
  const reject = { queues: 0, handSize: 0, queueLength: 0 };
  const greedy = new PriorityLevel({ seats: 1, borrowable: 2, ...reject }, shared, clock);
  const modest = new PriorityLevel({ seats: 1, borrowable: 0, ...reject }, shared, clock);
  assert.deepEqual([await modest.enter('', 1), await greedy.enter('', 1), await greedy.enter('', 1), await greedy.enter('', 1)], [undefined, undefined, undefined, 'concurrency-limit']);
  assert.equal(await modest.enter('', 1), 'concurrency-limit');
});

test('a hand has different queues and is always the same', () => {
  for (const flow of ['a', 'b', 'a long name of a flow']) {
    const dealt = hand(flow, 64, 8);
    assert.deepEqual([new Set(dealt).size, dealt], [8, hand(flow, 64, 8)]);
  }
  assert.deepEqual(hand('x', 3, 8).length, 3);
});
