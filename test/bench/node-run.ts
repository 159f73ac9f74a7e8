/** Only the part with real containers: `node test/bench/node-run.ts`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measureNode } from './node-figures.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-bench-'));
try {
  const { idle, ...figures } = await measureNode(folder, { atRest: true });
  console.table({ ...figures, idle: idle?.own, idleWithRuntime: idle?.withRuntime });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
