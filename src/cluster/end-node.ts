/** Ends what a node of this instance has left on the machine, whether or not a server runs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { silentLogger } from '../base/log.ts';
import type { DataDirectory } from './data-directory.ts';

export interface EndNodeOptions {
  readonly directory: DataDirectory;
  readonly clock: Clock;
  /** Runs a step and tells of it. */
  readonly report: <T>(step: string, work: () => Promise<T>) => Promise<T>;
}

/** Does nothing where no node has ever run. The server of this instance must have ended. */
export async function endNode({ directory, clock, report }: EndNodeOptions): Promise<void> {
  if (!existsSync(path.join(directory.root, 'containerd'))) return;
  const { stopContainerd } = await import('../kubelet/containerd/teardown.ts');
  await report('ending containers and containerd', () => stopContainerd({ dataDir: directory.root, clock, log: silentLogger }));
}
