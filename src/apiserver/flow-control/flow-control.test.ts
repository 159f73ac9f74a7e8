import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MetricsRegistry } from '../../base/metrics.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { createRegistry } from '../../resources/registry.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { parseRequest } from '../request-info.ts';
import type { ApiRequest } from '../request.ts';
import { flowDumps } from './dumps.ts';
import { FlowControl, type ClassifiedRequest } from './flow-control.ts';

const noQuery = new URLSearchParams();
const all = 'system:authenticated';

function controlAt(clock: SteppedClock, seats = 600): { control: FlowControl; metrics: MetricsRegistry } {
  const metrics = new MetricsRegistry();
  return { control: new FlowControl({ registry: createRegistry([]), objects: {} as ObjectStore, clock, seats, metrics }), metrics };
}

const request = (method: string, path: string, name: string, groups: readonly string[]): ClassifiedRequest => ({ info: parseRequest(method, path, noQuery), query: noQuery, user: { name, groups } });
const { control } = controlAt(new SteppedClock({ start: 0 }));
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
    const way = control.wayOf(request(method, path, name, groups));
    assert.deepEqual([way.schema.metadata.name, way.level.name], [schema, level]);
    assert.equal(way.level.shape.exempt, level === 'exempt');
  });
}

test('nobody is held up in the exempt level, whose requests are counted', async () => {
  const { control, metrics } = controlAt(new SteppedClock({ start: 0 }), 1);
  const admin = request('GET', '/api/v1/pods', 'admin', ['system:masters', all]);
  const way = control.wayOf(admin);
  for (let i = 0; i < 20; i++) assert.equal(await control.enter(way, control.arrive(way, admin), { ms: 1 }), undefined);
  const text = metrics.text();
  assert.match(text, /apiserver_flowcontrol_dispatched_requests_total\{priority_level="exempt",flow_schema="exempt"\} 20\n/);
  assert.match(text, /apiserver_flowcontrol_current_executing_requests\{priority_level="exempt",flow_schema="exempt"\} 20\n/);
  assert.doesNotMatch(text, /request_wait_duration_seconds_count\{priority_level="exempt"/);
});

test('levels that are busy get the seats of idle ones after ten seconds, and give them back', async () => {
  const clock = new SteppedClock({ start: 0 });
  const { control, metrics } = controlAt(clock);
  const jane = request('GET', '/api/v1/pods', 'jane', [all]);
  const way = control.wayOf(jane);
  const limits = (): number[] => ['global-default', 'workload-low'].map((name) => control.levels.get(name)?.currentLimit ?? 0);
  assert.equal(way.level.shape.limits.nominal, 49, '600 seats, 20 of 245 shares');
  assert.equal(control.levels.get('workload-low')?.shape.limits.lower, 24, '90 % of 245, rounded, may be lent');
  const before = limits();
  const visits = Array.from({ length: 200 }, () => control.arrive(way, jane));
  const entered = visits.map((visit) => control.enter(way, visit, { ms: 60_000 }));
  assert.equal(way.level.running, before[0]);
  await clock.advance(10_000);
  const [first] = visits;
  assert.ok(first);
  control.leave(way, first);
  const [busy = 0, idle = 0] = limits();
  assert.ok(busy > 150 && idle < (before[1] ?? 0), `${before.join()} became ${busy},${idle}`);
  assert.equal([...control.levels.values()].reduce((sum, level) => sum + level.shape.limits.nominal, 0), 602, 'rounded up each');
  assert.ok(Math.abs([...control.levels.values()].reduce((sum, level) => sum + level.currentLimit, 0) - 602) <= 4);
  assert.equal(way.level.running, Math.min(busy, visits.length - 1), 'who waited runs on borrowed seats');
  assert.match(metrics.text(), /apiserver_flowcontrol_nominal_limit_seats\{priority_level="global-default"\} 49\n/);
  for (const visit of visits) if (visit !== first && visit.started >= 0) control.leave(way, visit);
  for (const visit of visits) if (way.level.executing.has(visit)) control.leave(way, visit);
  await Promise.all(entered);
  await clock.advance(3_600_000);
  control.arrive(way, jane);
  await clock.advance(3_600_000);
  control.arrive(way, jane);
  assert.ok((limits()[0] ?? 0) < 60, `${limits()[0]} seats are left an hour later`);
});

test('dumps show levels, queues and requests', async () => {
  const clock = new SteppedClock({ start: Date.UTC(2026, 0, 1) });
  const { control } = controlAt(clock, 1);
  const jane = request('POST', '/apis/apps/v1/namespaces/team/deployments', 'jane', [all]);
  const way = control.wayOf(jane);
  const visits = [0, 1, 2].map(() => control.arrive(way, jane));
  const entered = visits.map((visit) => control.enter(way, visit, { ms: 60_000 }));
  const dump = async (name: string, query = ''): Promise<string[][]> => {
    const answer = await flowDumps(control, clock)[`/debug/api_priority_and_fairness/${name}`]?.({ query: new URLSearchParams(query) } as unknown as ApiRequest);
    assert.equal(answer?.type, 'raw');
    return String(answer.body).trimEnd().split('\n').map((line) => line.split(',').map((cell) => cell.trim()));
  };
  const levels = await dump('dump_priority_levels');
  assert.deepEqual(levels[0]?.slice(0, 6), ['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests']);
  assert.deepEqual(levels.find(([name]) => name === 'global-default'), ['global-default', '2', 'false', 'false', '2', '1', '1', '0', '0', '0']);
  assert.deepEqual(levels.find(([name]) => name === 'exempt'), ['exempt', '0', 'true', 'false', '0', '0', '0', '0', '0', '0']);
  const queues = await dump('dump_queues');
  assert.equal(queues.filter(([name, , pending]) => name === 'global-default' && pending === '1').length, 2);
  const requests = await dump('dump_requests', 'includeRequestDetails=1');
  assert.deepEqual(requests[1], ['global-default', 'global-default', '-1', '-1', 'jane', '2026-01-01T00:00:00.000Z', '1', '0', '0s', '2026-01-01T00:00:00.000Z', 'jane', 'create', '/apis/apps/v1/namespaces/team/deployments', 'team', '', 'apps/v1', 'deployments', '']);
  assert.equal(requests.filter((row) => row[9] === '0001-01-01T00:00:00Z').length, 2);
  assert.equal((await dump('dump_requests'))[0]?.length, 10);
  for (const visit of visits) control.leave(way, visit);
  await Promise.all(entered);
});
