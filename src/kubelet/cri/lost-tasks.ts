/**
 * Tasks that containerd has and that its runtime interface knows nothing of. A start that is cut off, because the agent died or the machine is
 * slow, may leave a process that waits to be started for ever; its container then cannot be removed ("cannot delete running task").
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { isRuntimeNotFound, type CallOptions, type Channel, type Method } from './channel.ts';
import type { DeleteTaskRequest, KillRequest } from './messages.ts';

export interface LostTasksOptions {
  /** To containerd's own services. */
  readonly channel: Channel;
  readonly clock: Clock;
  readonly log: Logger;
}

const killTask: Method = { path: '/containerd.services.tasks.v1.Tasks/Kill', request: 'KillRequest', response: 'Empty' };
const deleteTask: Method = { path: '/containerd.services.tasks.v1.Tasks/Delete', request: 'DeleteTaskRequest', response: 'DeleteResponse' };
const patience: CallOptions = { timeoutMs: 10_000 };
const sigkill = 9;
/** How long a killed process has to be gone, and how often that is looked for, ms. */
const endingMs = 5000;
const lookMs = 50;

const taskInTheWay = /cannot delete running task ([0-9a-f]{64})/;

/** Removes a container or a sandbox; a lost task that is in the way of it is ended first, once each. Throws what the removal does. */
export async function removeWithTasks(remove: () => Promise<void>, options: LostTasksOptions): Promise<void> {
  const ended = new Set<string>();
  for (;;) {
    try {
      return await remove();
    } catch (error) {
      const id = taskInTheWay.exec(messageOf(error))?.[1];
      if (id === undefined || ended.has(id)) throw error;
      ended.add(id);
      options.log.info('ending a process whose start was cut off', { container: id });
      await endTask(id, options);
    }
  }
}

async function endTask(containerId: string, { channel, clock }: LostTasksOptions): Promise<void> {
  const kill: KillRequest = { containerId, execId: '', signal: sigkill, all: true };
  await channel.unary(killTask, kill, patience).catch(ignoreMissing);
  const request: DeleteTaskRequest = { containerId };
  for (const end = clock.monotonic() + endingMs; ; ) {
    try {
      await channel.unary(deleteTask, request, patience);
      return;
    } catch (error) {
      if (isRuntimeNotFound(error)) return;
      // It is told to end and has not done so yet.
      if (clock.monotonic() > end) throw error;
      await clock.sleep(lookMs);
    }
  }
}

/** The process may have ended meanwhile. */
function ignoreMissing(error: unknown): void {
  if (!isRuntimeNotFound(error)) throw error;
}
