/**
 * Ending an instance's containers and its containerd, with nothing left: no process, mount, socket, network namespace,
 * interface or cgroup. Works with containerd alive or dead, and touches only what carries the instance's own paths.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { endProcess, findProcesses, signalProcess, waitUntilGone } from '../../base/process-identity.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import { removeCgroup } from './cgroups.ts';
import { runningContainerd, startContainerd } from './containerd.ts';
import { instancePaths, type InstancePaths } from './instance-paths.ts';
import { findProgram } from './machine.ts';
import { discardFreshFolder } from './memory-folder.ts';
import { unmountBelow } from './mounts.ts';

export interface TeardownOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Safe to call on an instance that is not running or was never started. */
export async function stopContainerd(options: TeardownOptions): Promise<void> {
  if (!existsSync(options.dataDir)) return;
  const paths = instancePaths(options.dataDir);
  await removeSandboxes(options, paths);
  const running = runningContainerd(paths);
  if (running) await endProcess(running, 10_000, options.clock);
  await endLeftovers(paths, options.clock);
  unmountBelow(paths.stateDir);
  discardFreshFolder(paths.stateDir);
  unmountBelow(paths.containerdRoot);
  unmountBelow(paths.pods);
  await removeCgroup(paths.cgroupParent, options.clock);
  rmSync(paths.stateDir, { recursive: true, force: true });
  removeIfEmpty(path.dirname(paths.stateDir));
}

/** The orderly way: the runtime stops each sandbox, network and all. A dead containerd is started once more for it. */
async function removeSandboxes(options: TeardownOptions, paths: InstancePaths): Promise<void> {
  if (!existsSync(paths.containerdConfig) || !existsSync(paths.stateDir)) return;
  try {
    const containerd = await startContainerd(options);
    try {
      const { runtime } = containerd.cri;
      const sandboxes = await runtime.listPodSandboxes();
      const queue = [...sandboxes];
      await Promise.all(Array.from({ length: 4 }, async () => {
        for (let next = queue.pop(); next; next = queue.pop()) await removeSandbox(runtime, next.id, options.log);
      }));
    } finally {
      await containerd.close();
    }
  } catch (error) {
    options.log.warn('containerd could not be asked to end its containers; ending them without it', { error: messageOf(error) });
  }
}

async function removeSandbox(runtime: RuntimeService, id: string, log: Logger): Promise<void> {
  try {
    const containers = await runtime.listContainers({ podSandboxId: id });
    await Promise.all(containers.map((container) => runtime.stopContainer(container.id, 1)));
    await runtime.stopPodSandbox(id);
    await runtime.removePodSandbox(id);
  } catch (error) {
    log.warn('a sandbox could not be removed', { sandbox: id, error: messageOf(error) });
  }
}

/** The other way: containers through runc's own state, then the shims that name our socket. */
async function endLeftovers(paths: InstancePaths, clock: Clock): Promise<void> {
  const runc = findProgram('runc');
  const stateRoot = path.join(paths.runcRoot, 'k8s.io');
  if (runc !== undefined && existsSync(stateRoot)) {
    for (const id of readdirSync(stateRoot)) spawnSync(runc, ['--root', stateRoot, 'delete', '--force', id], { stdio: 'ignore' });
  }
  const sockets = shimSockets(paths);
  const shims = findProcesses((args) => path.basename(args[0] ?? '').startsWith('containerd-shim') && args.includes(paths.socket));
  for (const shim of shims) signalProcess(shim, 'SIGKILL');
  await Promise.all(shims.map((shim) => waitUntilGone(shim, 5000, clock)));
  for (const socket of sockets) rmSync(socket, { force: true });
}

/** Shims keep their sockets in a folder that all of a host's containerds share; each task's bundle names its own. */
function shimSockets(paths: InstancePaths): string[] {
  const tasks = path.join(paths.containerdState, 'io.containerd.runtime.v2.task', 'k8s.io');
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks).flatMap((id) => {
    const file = path.join(tasks, id, 'address');
    const address = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    return address.startsWith('unix:///') ? [address.slice('unix://'.length)] : [];
  });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    return; // another instance's state is there
  }
}
