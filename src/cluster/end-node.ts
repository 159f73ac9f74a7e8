/**
 * Ends what a node of this instance has left on the machine, whether or not a server or a containerd runs: containers, network,
 * logs of Pods, settings of the machine. Only what carries the instance's own name is touched.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { silentLogger } from '../base/log.ts';
import type { DataDirectory } from './data-directory.ts';
import { restoreHostSettings } from './host-settings.ts';
import { ownerFile, removePodLogs } from './pod-logs.ts';

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
  const { findProgram } = await import('../kubelet/containerd/machine.ts');
  const { removeNodeRoutes } = await import('../network/node-routes/node-routes.ts');
  const { removeServiceProxy } = await import('../network/service-proxy/service-proxy.ts');
  await report('ending containers and containerd', () => stopContainerd({ dataDir: directory.root, clock, log: silentLogger }));
  if (findProgram('nft') !== undefined && findProgram('ip') !== undefined) {
    await report('removing routes and packet rules', async () => {
      await removeServiceProxy(directory.id);
      await removeNodeRoutes(directory.id);
    });
  }
  removePodLogs(ownerFile(directory));
  restoreHostSettings();
}
