/** Where an instance keeps what is its own. An instance is its data directory: everything is found from here. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';

export const defaultDataDirectory = '/var/lib/k8ts';

export interface DataDirectory {
  readonly root: string;
  /** Eight hexadecimal digits that name this instance's interfaces, tables and cgroups. */
  readonly id: string;
  readonly database: string;
  readonly pki: string;
  readonly adminKubeconfig: string;
  /** What the running server says of itself: pid, port, flags (JSON). */
  readonly serverState: string;
  readonly log: string;
  readonly program: string;
}

/** Makes the directory, for its owner only, and names what is in it. */
export function openDataDirectory(directory: string): DataDirectory {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  return describeDataDirectory(realpathSync(directory));
}

/** A link to a directory is that directory. */
export function describeDataDirectory(directory: string): DataDirectory {
  const root = existsSync(directory) ? realpathSync(directory) : path.resolve(directory);
  return {
    root,
    id: createHash('sha256').update(root).digest('hex').slice(0, 8),
    database: path.join(root, 'state.db'),
    pki: path.join(root, 'pki'),
    adminKubeconfig: path.join(root, 'admin.kubeconfig'),
    serverState: path.join(root, 'server.json'),
    log: path.join(root, 'server.log'),
    program: path.join(root, 'program'),
  };
}
