import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ExclusiveUse } from './exclusive-use.ts';

test('a volume is one Pod\'s, also for an agent that starts again, until the Pod\'s folder is gone', () => {
  const pods = mkdtempSync(path.join(tmpdir(), 'k8ts-exclusive-'));
  const first = new ExclusiveUse(pods);
  assert.deepEqual([first.take('pv-1', 'a'), first.take('pv-1', 'a'), first.take('pv-1', 'b'), first.take('pv-2', 'b')], [true, true, false, true]);
  const again = new ExclusiveUse(pods);
  assert.deepEqual([again.take('pv-1', 'b'), again.take('pv-1', 'a'), again.take('pv-2', 'a')], [false, true, false]);
  again.forget('a');
  rmSync(path.join(pods, 'a'), { recursive: true });
  assert.equal(again.take('pv-1', 'b'), true);
  assert.equal(new ExclusiveUse(pods).take('pv-1', 'a'), false);
  rmSync(pods, { recursive: true });
  assert.equal(new ExclusiveUse(pods).take('pv-1', 'a'), true, 'a folder that is not there yet');
  rmSync(pods, { recursive: true });
});
