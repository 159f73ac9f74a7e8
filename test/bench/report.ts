/** The figures of a run beside the goals, as a table for the terminal and as a page for docs/benchmarks. */
import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import { goals, type Figure, type Figures, type Goal } from './goals.ts';
import { keptLine, ratiosOf } from './ratios.ts';
import type { Yardstick } from './yardstick.ts';

export interface Run {
  readonly figures: Figures;
  /** Processor time of the server's main thread for one operation, µs, by step. */
  readonly costs: Readonly<Record<string, number>>;
  /** Share of the worst step in which the server waited for a processor. */
  readonly starved: number;
  /** ISO 8601. */
  readonly at: string;
  /** Absent where etcd cannot be had. */
  readonly yardstick?: Yardstick | undefined;
  /** What a server that does nothing answers to the same load, GETs a second. */
  readonly bareGets: number;
}

export function formatReport({ figures, costs, starved, at, yardstick, bareGets }: Run): string {
  const ratios = yardstick ? ratiosOf(figures, yardstick) : {};
  const rows = (Object.keys(goals) as Figure[]).filter((name) => figures[name] !== undefined).map((name) => row(goals[name], figures[name] ?? 0, ratios[name]));
  return [
    `# Benchmark of ${at.slice(0, 10)}`,
    '',
    describeMachine(),
    '',
    `The best of several rounds. In the step in which the server waited longest for a free processor it did so for ${Math.round(starved * 100)} % of the time: the load's own clients, and whatever else ran here, took it.`,
    '',
    ...table(['work', 'upstream 1.20', 'goal', 'here', '', 'of etcd'], rows),
    '',
    ...(yardstick ? [`Debian's etcd did ${number(yardstick.put)} puts and ${number(yardstick.range)} reads a second in the same run; the last column sets rates against it.`] : []),
    `An HTTPS server of Node's that does nothing answered ${number(bareGets)} GETs a second of the same load in another minute of the run.`,
    '',
    'Processor time of the main thread for one operation: what one event loop can do at most is its inverse.',
    '',
    ...table(['step', 'µs', 'at most, /s'], Object.entries(costs).map(([step, cost]) => [step, number(cost), number(1e6 / cost)])),
    '',
    ...(yardstick ? [keptLine({ at, ratios }), ''] : []),
  ].join('\n');
}

function row(goal: Goal, value: number, ratio: number | undefined): string[] {
  const met = goal.more ? value >= goal.goal : value <= goal.goal;
  return [goal.work, goal.upstream === undefined ? '' : amount(goal.upstream, goal), amount(goal.goal, goal), amount(value, goal), met ? 'met' : 'missed', ratio?.toPrecision(2) ?? ''];
}

const amount = (value: number, { unit }: Goal): string => `${number(value)}${unit === '/s' || unit === '%' ? '' : ' '}${unit}`;
const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2));

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((cells) => (cells[i] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

export function describeMachine(): string {
  const processors = cpus();
  const kernel = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim();
  return `${processors.length} processors (${processors[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${kernel}, Node ${process.version}, SQLite on ${fileSystem()}; commit ${commit()}.`;
}

const fileSystem = (): string => execFileSync('stat', ['-f', '-c', '%T', '/tmp'], { encoding: 'utf8' }).trim();

export const commit = (): string => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
