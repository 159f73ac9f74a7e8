/** What a container leaves to say when it ends: the file it wrote, or the end of its log. Upstream: pkg/kubelet/kuberuntime */
import { closeSync, openSync, readSync, fstatSync } from 'node:fs';
import path from 'node:path';
import type { Container } from '../../resources/types/core-v1.ts';
import { parseLogLine } from '../logs/log-line.ts';
import type { ContainerRecord } from './runtime-pod.ts';

const maxMessage = 4096;
const maxFromLog = 2048;
const maxLinesFromLog = 80;

export const terminationMessageFile = (podFolder: string, container: string, restartCount: number): string =>
  path.join(podFolder, 'containers', container, `termination-${restartCount}`);

/** undefined where it said nothing. */
export function terminationMessage(podFolder: string, container: Container, record: ContainerRecord): string | undefined {
  const written = readEdge(terminationMessageFile(podFolder, container.name, record.restartCount), maxMessage, 'start');
  if (written) return written;
  if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || record.exitCode === 0) return undefined;
  const end = readEdge(record.logPath, 64 * 1024, 'end');
  const lines = (end ?? '').split('\n').filter((line) => line !== '').slice(-maxLinesFromLog);
  const text = lines.map((line) => parseLogLine(line)).map((line) => (line ? line.text + (line.partial ? '' : '\n') : '')).join('');
  return text === '' ? undefined : text.slice(-maxFromLog);
}

function readEdge(file: string, most: number, edge: 'start' | 'end'): string | undefined {
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(most);
      const at = edge === 'start' ? 0 : Math.max(0, fstatSync(fd).size - most);
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, most, at));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined; // the Pod's folder is gone, or there never was one
  }
}
