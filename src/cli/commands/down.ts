/** `k8ts down`: ends an instance, whatever state it is in, and with `--purge` deletes what it kept. */
import { systemClock } from '../../base/clock.ts';
import { endProcess } from '../../base/process-identity.ts';
import type { DataDirectory } from '../../cluster/data-directory.ts';
import { endNode } from '../../cluster/end-node.ts';
import { folderExists, namedFolder } from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { parseSeconds } from '../option-values.ts';
import { purge } from '../purge.ts';
import { readServerState, runningServer, type ServerState } from '../server-state.ts';
import { Steps } from '../steps.ts';

export async function down(options: { readonly dataDir: string | undefined; readonly purge: boolean }): Promise<number> {
  const directory = namedFolder(options.dataDir);
  if (!folderExists(directory)) {
    process.stdout.write(`There is no cluster in ${directory.root}; nothing to do.\n`);
    return 0;
  }
  const steps = new Steps(process.stdout, systemClock);
  const last = readServerState(directory);
  const ended = await endServer(directory, steps);
  await endNode({ directory, clock: systemClock, report: (text, work) => steps.run(text, work) });
  if (!ended) process.stdout.write(`No server was running in ${directory.root}.\n`);
  if (options.purge) purgeData(directory, last);
  return 0;
}

const politeMs = 30_000;

/** What Pods get to end in when the node agent stops. */
const shutdownMs = ({ options }: ServerState): number => parseSeconds('--shutdown-grace-period', options['shutdown-grace-period'] ?? '0s') * 1000;

/** False when no server runs. A process that merely has the same id is left alone. */
async function endServer(directory: DataDirectory, steps: Steps): Promise<boolean> {
  const running = runningServer(directory);
  if (!running) return false;
  await steps.run(`ending the server (process ${running.process.pid})`, async () => {
    if (!(await endProcess(running.process, politeMs + shutdownMs(running), systemClock))) {
      throw new Failure(`the server (process ${running.process.pid}) does not end: does it belong to another user?`);
    }
  }, () => 'server ended');
  return true;
}

function purgeData(directory: DataDirectory, last: ServerState | undefined): void {
  const { deleted, left, context } = purge(directory, last);
  for (const { name, what } of deleted) process.stdout.write(`  deleted ${name} (${what})\n`);
  if (context !== undefined) process.stdout.write(`  removed context ${last?.context ?? ''} from ${context}\n`);
  if (left.length > 0) process.stdout.write(`  ${directory.root} stays: ${left.join(', ')} ${left.length === 1 ? 'is' : 'are'} not k8ts's\n`);
}
