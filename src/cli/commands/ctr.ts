/** `k8ts ctr ...`: containerd's own client, on the instance's own containerd and namespace. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../base/clock.ts';
import { openNodeRuntime } from '../../cluster/node-runtime.ts';
import { namedFolder } from '../data-folder.ts';

/** Answers ctr's exit code. */
export async function ctr(options: { readonly dataDir: string | undefined; readonly args: readonly string[] }): Promise<number> {
  const runtime = openNodeRuntime(namedFolder(options.dataDir).root, systemClock);
  const call = runtime.ctr(options.args);
  runtime.close();
  const child = spawn(call.program, call.args, { stdio: 'inherit' });
  // Ctrl-C goes to ctr, which shares the terminal; this process waits for it.
  process.on('SIGINT', () => undefined);
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
