/**
 * What priority and fairness holds at the moment, as tables of text for people:
 * /debug/api_priority_and_fairness/{dump_priority_levels,dump_queues,dump_requests}.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/apf_controller_debug.go
 */
import type { Clock } from '../../base/clock.ts';
import type { ApiRequest, ApiResponse, Handler } from '../request.ts';
import type { FlowControl } from './flow-control.ts';
import type { FlowTally } from './flow-tally.ts';
import type { PriorityLevel } from './priority-level.ts';
import type { Visit } from './visit.ts';

type Row = readonly (string | number | boolean)[];

export function flowDumps(control: FlowControl, clock: Clock): Record<string, Handler> {
  const at = '/debug/api_priority_and_fairness';
  return {
    [`${at}/dump_priority_levels`]: async () => table(levelRows(control)),
    [`${at}/dump_queues`]: async () => table(queueRows(control)),
    [`${at}/dump_requests`]: async (request) => table(requestRows(control, wantsDetails(request), clock)),
  };
}

const wantsDetails = ({ query }: ApiRequest): boolean => (query.get('includeRequestDetails') ?? '') !== '';

const levelsOf = ({ levels }: FlowControl): PriorityLevel[] => [...levels.values()].sort((a, b) => (a.name < b.name ? -1 : 1));

function* levelRows(control: FlowControl): Generator<Row> {
  yield ['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests', 'DispatchedRequests', 'RejectedRequests', 'TimedoutRequests', 'CancelledRequests'];
  const tallies = [...control.tallies()];
  for (const { name, queues, idle, quiescing, waiting, running } of levelsOf(control)) {
    const own = tallies.filter(({ level }) => level === name);
    const total = (read: (tally: FlowTally) => number): number => own.reduce((sum, tally) => sum + read(tally), 0);
    const refused = ({ refused: counts }: FlowTally): number => (counts.get('queue-full') ?? 0) + (counts.get('concurrency-limit') ?? 0);
    const active = queues.filter((queue) => queue.waiting.length > 0).length;
    yield [
      name, active, idle, quiescing, waiting, running,
      total((tally) => tally.dispatched), total(refused), total((tally) => tally.refused.get('time-out') ?? 0), total((tally) => tally.refused.get('cancelled') ?? 0),
    ];
  }
}

const seatSeconds = (work: number): string => `${work.toFixed(8)}ss`;

function* queueRows(control: FlowControl): Generator<Row> {
  yield ['PriorityLevelName', 'Index', 'PendingRequests', 'ExecutingRequests', 'SeatsInUse', 'NextDispatchR', 'InitialSeatsSum', 'MaxSeatsSum', 'TotalWorkSum'];
  for (const { name, queues } of levelsOf(control)) {
    for (const { index, waiting, executing, seatsInUse, nextStart, waitingWork } of queues) {
      const sum = (read: (visit: Visit) => number): number => waiting.reduce((all, visit) => all + read(visit), 0);
      yield [name, index, waiting.length, executing, seatsInUse, seatSeconds(nextStart), sum(({ work }) => work.initialSeats), sum(({ seats }) => seats), seatSeconds(waitingWork)];
    }
  }
}

function* requestRows(control: FlowControl, details: boolean, clock: Clock): Generator<Row> {
  yield [
    'PriorityLevelName', 'FlowSchemaName', 'QueueIndex', 'RequestIndexInQueue', 'FlowDistingsher', 'ArriveTime', 'InitialSeats', 'FinalSeats', 'AdditionalLatency', 'StartTime',
    ...(details ? ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource'] : []),
  ];
  const sinceEpoch = clock.now() - clock.monotonic();
  const timeOf = (monotonic: number): string => (monotonic < 0 ? '0001-01-01T00:00:00Z' : new Date(sinceEpoch + monotonic).toISOString());
  for (const { name, executing, queues } of levelsOf(control)) {
    const row = (visit: Visit, index: number): Row => [
      name, visit.tally.schema, visit.queue?.index ?? -1, index, visit.distinguisher, timeOf(visit.arrived), visit.work.initialSeats, visit.work.finalSeats, latency(visit), timeOf(visit.started),
      ...(details ? detailsOf(visit) : []),
    ];
    for (const visit of executing) yield row(visit, -1);
    for (const { waiting } of queues) for (const [index, visit] of waiting.entries()) yield row(visit, index);
  }
}

const latency = ({ work: { additionalMs } }: Visit): string => (additionalMs === 0 ? '0s' : `${additionalMs}ms`);

function detailsOf({ visitor: { info, user } }: Visit): Row {
  const version = info.group === '' ? info.version : `${info.group}/${info.version}`;
  return [user.name, info.verb, info.path, info.namespace, info.name, version, info.resource, info.subresource];
}

/** Cells with a comma behind them, in columns. */
function table(rows: Iterable<Row>): ApiResponse {
  const cells = [...rows].map((row) => row.map((cell, i) => (i < row.length - 1 ? `${String(cell)},` : String(cell))));
  const columns = cells[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) => Math.max(8, ...cells.map((row) => (row[i]?.length ?? 0) + 1)));
  const lines = cells.map((row) => row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell)).join(''));
  return { type: 'raw', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, body: `${lines.join('\n')}\n` };
}
