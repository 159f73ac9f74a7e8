/** The log files of a Pod and the links to them, removed. */
import { readdir, readlink, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Pod } from '../../resources/types/core-v1.ts';
import { jsonFileOf } from '../logs/json-file-logs.ts';
import { logLinkName } from './container-starter.ts';
import { logFolder } from './runtime-labels.ts';
import type { ContainerRecord } from './runtime-pod.ts';

/** `logs` is the folder with `pods/` and `containers/`. */
export async function removeContainerLog(logs: string, pod: Pod, record: ContainerRecord): Promise<void> {
  await unlink(path.join(logs, 'containers', logLinkName(pod, record.name, record.id))).catch(() => undefined);
  if (record.logPath === '') return;
  await rm(record.logPath, { force: true });
  await rm(jsonFileOf(record.logPath), { force: true });
}

/** All that is left of a Pod's logs. */
export async function removePodLogs(logs: string, pod: Pod): Promise<void> {
  const folder = path.join(logs, 'pods', logFolder(pod));
  await rm(folder, { recursive: true, force: true });
  // Another node on this machine may run a Pod of the same name: where a link leads says whose it is.
  const prefix = `${pod.metadata.name}_${pod.metadata.namespace}_`;
  for (const name of await readdir(path.join(logs, 'containers')).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    const link = path.join(logs, 'containers', name);
    const target = await readlink(link).catch(() => '');
    if (target.startsWith(`${folder}/`)) await unlink(link).catch(() => undefined);
  }
}
