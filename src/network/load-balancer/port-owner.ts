/** Who listens on a port of this machine, as /proc tells. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { codeOf } from '../../base/errors.ts';

export type Protocol = 'tcp' | 'udp';

const listening: Readonly<Record<Protocol, string>> = { tcp: '0A', udp: '07' };

/** 'nginx (pid 812)'; undefined when it cannot be told. */
export async function portOwner(protocol: Protocol, port: number, proc = '/proc'): Promise<string | undefined> {
  const inodes = new Set<string>();
  for (const table of [protocol, `${protocol}6`]) for (const inode of listeningInodes(await textOf(`${proc}/net/${table}`), protocol, port)) inodes.add(inode);
  if (inodes.size === 0) return undefined;
  for (const pid of await entriesOf(proc)) {
    if (!/^\d+$/.test(pid)) continue;
    for (const fd of await entriesOf(`${proc}/${pid}/fd`)) {
      const link = await readlink(`${proc}/${pid}/fd/${fd}`).catch(whenGone(''));
      const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1];
      if (inode !== undefined && inodes.has(inode)) return `${(await textOf(`${proc}/${pid}/comm`)).trim()} (pid ${pid})`;
    }
  }
  return undefined;
}

/** The socket inodes of a /proc/net table that listen on a port. Columns: number, local address, remote address, state, ..., inode. */
export function listeningInodes(table: string, protocol: Protocol, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return local.endsWith(suffix) && state === listening[protocol] ? [inode] : [];
    });
}

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(whenGone(''));
const entriesOf = (path: string): Promise<string[]> => readdir(path).catch(whenGone<string[]>([]));

/** Processes come and go, and some are not ours to look into. */
function whenGone<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR'].includes(codeOf(error) ?? '')) return instead;
    throw error;
  };
}
