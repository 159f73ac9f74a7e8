import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { readAccess } from './kubeconfig-access.ts';

it('a kubeconfig that leads nowhere says why', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-access-'));
  const file = path.join(folder, 'config');
  assert.throws(() => readAccess(file), { message: `there is no file ${file}` });
  for (const [text, message] of [['', 'has no current context'], ['current-context: a', 'has no context "a"'], ['current-context: a\ncontexts: [{ name: a, context: { cluster: c } }]', 'has no cluster "c"']] as const) {
    writeFileSync(file, text);
    assert.throws(() => readAccess(file), { message: `${file} ${message}` });
  }
  rmSync(folder, { recursive: true });
});
