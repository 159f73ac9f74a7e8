/** Keeping few records: of each container the newest and the one before; records of a sandbox that is gone go with it. */
import type { Pod } from '../../resources/types/core-v1.ts';
import type { NodeContext } from './node-context.ts';
import { removeContainerLog } from './pod-logs.ts';
import type { RuntimePod } from './runtime-pod.ts';

const kept = 2;

/** Removes all that has ended. */
export async function dropRecords(pod: Pod, seen: RuntimePod, { runtime, logs }: Pick<NodeContext, 'runtime' | 'logs'>): Promise<void> {
  for (const record of seen.containers) {
    if (record.state !== 'exited') continue;
    await runtime.removeContainer(record.id);
    await removeContainerLog(logs, pod, record);
  }
}

export async function pruneRecords(pod: Pod, seen: RuntimePod, { runtime, logs }: Pick<NodeContext, 'runtime' | 'logs'>): Promise<void> {
  const counts = new Map<string, number>();
  for (const record of seen.containers) {
    const count = (counts.get(record.name) ?? 0) + 1;
    counts.set(record.name, count);
    if (count > kept && record.state === 'exited') {
      await runtime.removeContainer(record.id);
      await removeContainerLog(logs, pod, record);
    }
  }
  for (const sandbox of seen.sandboxes.slice(1)) {
    if (!seen.containers.some(({ sandboxId }) => sandboxId === sandbox.id)) await runtime.removePodSandbox(sandbox.id);
  }
}
