import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { earlierRatios, falls, keptLine, ratiosOf } from './ratios.ts';

test('rates are set against what etcd does of their kind', () => {
  assert.deepEqual(ratiosOf({ create: 1200, get: 5000, apiReady: 400 }, { put: 2400, range: 10_000 }), { create: 0.5, get: 0.5 });
});

test('the newest page that has ratios counts, and a fall by a third is told', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-ratios-'));
  assert.equal(earlierRatios(folder), undefined);
  writeFileSync(path.join(folder, 'a.md'), `# A\n\n${keptLine({ at: '2026-02-01T00:00:00Z', ratios: { create: 0.6, get: 0.5 } })}\n`);
  writeFileSync(path.join(folder, 'b.md'), `# B\n\n${keptLine({ at: '2026-01-01T00:00:00Z', ratios: { create: 9 } })}\n`);
  writeFileSync(path.join(folder, 'c.md'), '# C\n');
  const before = earlierRatios(folder) ?? {};
  assert.deepEqual(before, { create: 0.6, get: 0.5 });
  assert.deepEqual(falls({ create: 0.39, get: 0.4 }, before), ['create Pod, 32 clients: 0.39 of the yardstick, 0.60 before']);
  rmSync(folder, { recursive: true });
});
