/** Debian's Python client against a control plane. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { startTestServer } from '../../harness/api-server.ts';
import { runPython } from './run-python.ts';

test('the Python client', async (context) => {
  await using server = await startTestServer();
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-python-'));
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(server.server.kubeconfig));
  try {
    await runPython(context, 'objects.py', kubeconfig);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
