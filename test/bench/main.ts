/**
 * `npm run bench [-- ROUNDS]`: measures the built program against docs/benchmarks' goals and writes the page of this commit.
 * On a shared machine the best of several rounds says most. What needs minutes of rest is measured in the first.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../tools/build.ts';
import { runLoad, type StepResult } from './api-load.ts';
import { measureBareServer } from './bare-alone.ts';
import { Connection } from './connection.ts';
import { goals, type Figure, type Figures } from './goals.ts';
import { measureNode } from './node-figures.ts';
import { residentMemory } from './processor-time.ts';
import { earlierRatios, falls, ratiosOf } from './ratios.ts';
import { commit, formatReport } from './report.ts';
import { root, startServerProcess } from './server-process.ts';
import { whyNoNode } from './whole-cluster.ts';
import { measureYardstick, type Yardstick } from './yardstick.ts';

const rounds = Number(process.argv[2] ?? 3);
const best: Partial<Record<Figure, number>> = {};
const costs: Record<string, number> = {};
let starved = 1;
let yardstick: Yardstick | undefined;
let bareGets = 0;
let runtimeAlone = { onePod: Infinity, twentyPods: Infinity };

function keepBest(figures: Figures): void {
  for (const [name, value] of Object.entries(figures) as [Figure, number][]) {
    const known = best[name];
    const { more = false } = goals[name] as { more?: boolean };
    if (known === undefined || (more ? value > known : value < known)) best[name] = value;
  }
}

function keepYardstick(measured: Yardstick | undefined): void {
  if (measured) yardstick = { put: Math.max(measured.put, yardstick?.put ?? 0), range: Math.max(measured.range, yardstick?.range ?? 0) };
}

async function inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-bench-'));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function controlPlane(folder: string, isFirst: boolean): Promise<void> {
  const first = await startServerProcess(folder, ['--no-node']);
  if (isFirst) keepBest({ apiReadyCold: first.startup.apiReady });
  await first.stop();
  const server = await startServerProcess(folder, ['--no-node']);
  try {
    await sleep(3000);
    keepBest({ apiReady: server.startup.apiReady, memory: residentMemory(server.pid) });
    const connection = new Connection(server.kubeconfig);
    const load = async (): Promise<void> => keepSteps(await runLoad({ connection, pid: server.pid, pods: 3000, clients: 32, watchers: 50 }));
    await load();
    keepBest({ memoryAfterLoad: residentMemory(server.pid) });
    if (isFirst) {
      await sleep(60_000);
      keepBest({ memoryMinuteLater: residentMemory(server.pid) });
    }
    // A server has mostly been up for long: by now its code is compiled.
    await load();
    connection.close();
  } finally {
    await server.stop();
  }
}

function keepSteps(steps: Awaited<ReturnType<typeof runLoad>>): void {
  const rate = (step: keyof typeof steps): number => steps[step].perSecond;
  keepBest({
    create: rate('create'),
    createP99: steps.create.p99,
    get: rate('get'),
    patch: rate('patch'),
    list: rate('list'),
    listByLabel: rate('list by label'),
    fanOut: rate('watch events'),
    fanOutP99: steps['watch events'].p99,
    remove: rate('delete'),
  });
  for (const [step, { cost }] of Object.entries(steps) as [string, StepResult][]) costs[step] = Math.min(cost, costs[step] ?? Infinity);
  starved = Math.min(starved, Math.max(...Object.values(steps).map((step) => step.starved)));
}

async function library(): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, 'library-run.ts')]);
  const { ready, manyReady, scaled, loopMax } = JSON.parse(stdout) as { ready: number; manyReady: number; scaled: number; loopMax: number };
  keepBest({ libraryReady: ready, libraryMany: manyReady, libraryRollOut: scaled, libraryLoop: loopMax });
}

async function node(folder: string, isFirst: boolean): Promise<void> {
  const { memoryWithRuntime, criOnePod, criTwentyPods, memory: _, idle, ...figures } = await measureNode(folder, { atRest: isFirst });
  keepBest({ ...figures, memoryAll: memoryWithRuntime, ...(idle && { idleProcessor: idle.own }) });
  runtimeAlone = { onePod: Math.min(criOnePod, runtimeAlone.onePod), twentyPods: Math.min(criTwentyPods, runtimeAlone.twentyPods) };
}

await build();
const noNode = whyNoNode();
if (noNode !== false) console.log(`without a node: ${noNode}`);
for (let round = 0; round < rounds; round++) {
  console.log(`round ${round + 1} of ${rounds}`);
  keepYardstick(await inFolder(measureYardstick));
  bareGets = Math.max(bareGets, await inFolder((folder) => measureBareServer(folder, 32)));
  await library();
  await inFolder((folder) => controlPlane(folder, round === 0));
  if (noNode === false) await inFolder((folder) => node(folder, round === 0));
}
if (noNode === false) {
  const { onePod = NaN, onePodFurnished = NaN, twentyPods = NaN } = best;
  keepBest({ onePodShare: onePod / runtimeAlone.onePod, onePodFurnishedShare: onePodFurnished / runtimeAlone.onePod, twentyPodsShare: twentyPods / runtimeAlone.twentyPods });
}
const at = new Date().toISOString();
const page = formatReport({ figures: best, costs, starved, at, yardstick, bareGets });
console.log(page);
const folder = path.join(root, 'docs/benchmarks');
const before = earlierRatios(folder);
if (yardstick && before) for (const fallen of falls(ratiosOf(best, yardstick), before)) console.warn(`fallen by a third or more: ${fallen}`);
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, `${at.slice(0, 10)}-${commit()}.md`), page);
