/** `node test/bench/growth.ts`: whether costs grow as the work does. Writes docs/benchmarks/growth.md and its plots. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../../tools/build.ts';
import { measureGrowth, type GrowthFigures } from './growth-run.ts';
import { linePlot } from './line-plot.ts';
import { describeMachine, table } from './report.ts';
import { root } from './server-process.ts';

const sizes = [1000, 10_000, 100_000];
const perObject = (ms: number, { objects }: GrowthFigures): number => (ms * 1000) / objects;

function plots(runs: readonly GrowthFigures[]): Record<string, string> {
  const line = (name: string, of: (run: GrowthFigures) => number) => ({ name, points: runs.map((run) => [run.objects, of(run)] as const) });
  return {
    'growth.svg': linePlot({
      title: 'Time for one object by their number', x: 'objects', y: 'µs',
      lines: [line('create (processor)', ({ create }) => create), line('list', (run) => perObject(run.list, run)), line('watch', (run) => perObject(run.watch, run))],
    }),
    'growth-memory.svg': linePlot({ title: 'Memory by number of objects', x: 'objects', y: 'MiB', lines: [line('resident', ({ memory }) => memory)] }),
  };
}

function page(runs: readonly GrowthFigures[]): string {
  const rows = runs.map((run) => [
    run.objects.toLocaleString('en'), Math.round(run.create).toString(), Math.round(run.list).toLocaleString('en'), perObject(run.list, run).toFixed(1),
    Math.round(run.watch).toLocaleString('en'), perObject(run.watch, run).toFixed(1), Math.round(run.memory).toString(),
  ]);
  return [
    '# Costs by number of objects', '', describeMachine(), '',
    'ConfigMaps of 700 bytes in one namespace of one server that grows. Of a creation the processor time of the server\'s main thread, of list and watch the time until all has come.', '',
    ...table(['objects', 'create, µs', 'list, ms', 'µs an object', 'watch, ms', 'µs an object', 'memory, MiB'], rows), '',
    ...Object.keys(plots(runs)).map((name) => `![](${name})\n`),
  ].join('\n');
}

await build();
const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-growth-'));
try {
  const runs = await measureGrowth(folder, sizes);
  const pages = path.join(root, 'docs/benchmarks');
  for (const [name, plot] of Object.entries(plots(runs))) writeFileSync(path.join(pages, name), plot);
  writeFileSync(path.join(pages, 'growth.md'), page(runs));
  console.log(page(runs));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
