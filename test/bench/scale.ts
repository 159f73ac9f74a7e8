/**
 * `node test/bench/scale.ts [NODES...]`: how a cluster of simulated nodes grows (default: 100, 1,000 and 5,000 nodes, 10,000 Pods, or
 * fewer where the nodes have not room for them). Writes docs/benchmarks/scale.md and its plots.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from '../../tools/build.ts';
import { formatScale, scalePlots } from './scale-report.ts';
import { measureScale, type ScaleFigures } from './scale-run.ts';
import { root } from './server-process.ts';

const named = process.argv.slice(2).map(Number);
const sizes = named.length > 0 ? named : [100, 1000, 5000];
/** A node takes 110 Pods. */
const podsFor = (nodes: number): number => Math.min(10_000, nodes * 100);

await build();
const runs: ScaleFigures[] = [];
for (const nodes of sizes) {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-scale-'));
  try {
    const figures = await measureScale(folder, { nodes, pods: podsFor(nodes) });
    runs.push(figures);
    console.log(formatScale([figures]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (named.length === 0) {
  const pages = path.join(root, 'docs/benchmarks');
  for (const [name, plot] of Object.entries(scalePlots(runs))) writeFileSync(path.join(pages, name), plot);
  writeFileSync(path.join(pages, 'scale.md'), formatScale(runs));
}
