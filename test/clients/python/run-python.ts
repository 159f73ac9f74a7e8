/** Runs the Python programs beside this file with Debian's client, unpacked and not installed, and hands on what they report. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { debianRoot } from '../../images/debian-root.ts';

/** Every scenario of the program becomes a test within `context`. */
export async function runPython(context: TestContext, program: string, kubeconfig: string): Promise<void> {
  const root = debianRoot(['python3-kubernetes']);
  const env = { PATH: process.env['PATH'], HOME: path.dirname(kubeconfig), TMPDIR: path.dirname(kubeconfig), KUBECONFIG: kubeconfig, PYTHONHOME: root.locate('usr'), PYTHONPATH: root.locate('usr/lib/python3/dist-packages'), PYTHONDONTWRITEBYTECODE: '1', NO_PROXY: '*', no_proxy: '*' };
  const child = spawn(root.locate('usr/bin/python3.11'), [path.join(import.meta.dirname, program)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close') as Promise<[number | null]>;
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const late = AbortSignal.timeout(120_000);
  late.addEventListener('abort', () => child.kill('SIGKILL'));
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const { name, error } = JSON.parse(line) as { name: string; error: string | null };
    count += 1;
    await context.test(name, () => {
      if (error !== null) assert.fail(error);
    });
  }
  assert.deepEqual([(await closed)[0], count > 0], [0, true], errors);
}
