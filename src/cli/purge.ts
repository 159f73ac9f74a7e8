/** Deletes what an instance keeps in its data directory, by name: what is not ours there stays. */
import { existsSync, readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import type { DataDirectory } from '../cluster/data-directory.ts';
import { KubeconfigError, removeFromKubeconfig } from '../cluster/kubeconfig.ts';
import { Failure } from './failure.ts';
import type { ServerState } from './server-state.ts';

interface OwnEntry {
  readonly pattern: RegExp;
  readonly what: string;
}

const own: readonly OwnEntry[] = [
  { pattern: /^state\.db(-wal|-shm|-journal)?$/, what: 'objects of the cluster' },
  { pattern: /^pki$/, what: 'keys and certificates' },
  { pattern: /^admin\.kubeconfig$/, what: "the administrator's access" },
  { pattern: /^server\.(json|stderr)(\.\d+)?$/, what: 'state of the server' },
  { pattern: /^server\.log(\.\d+)?$/, what: 'logs of the server' },
  { pattern: /^program(\.new)?$/, what: 'the program' },
  { pattern: /^ranges\.json$/, what: 'address ranges' },
  { pattern: /^packages\.json$/, what: 'list of installed packages; the packages stay' },
  { pattern: /^ranges\.json$/, what: 'its address ranges' },
  { pattern: /^containerd$/, what: 'images and containers' },
  { pattern: /^pods$/, what: "Pods' volumes and files" },
  { pattern: /^volumes$/, what: 'volumes with their data' },
  { pattern: /^log$/, what: 'logs of the node' },
  { pattern: /^(cni|network|kubelet|manifests)$/, what: "the node's settings" },
];

/** These show that a folder was an instance at all. */
const proof = ['state.db', 'pki', 'server.json', 'admin.kubeconfig'];

export interface Purged {
  readonly deleted: readonly { readonly name: string; readonly what: string }[];
  /** What the folder held besides. */
  readonly left: readonly string[];
  /** The kubeconfig that the context was taken out of. */
  readonly context: string | undefined;
}

export function purge(directory: DataDirectory, last: ServerState | undefined): Purged {
  refuseMounts(directory);
  const context = removeContext(last);
  const deleted: { name: string; what: string }[] = [];
  const left: string[] = [];
  const isInstance = proof.some((name) => existsSync(path.join(directory.root, name)));
  for (const name of readdirSync(directory.root).sort()) {
    const entry = isInstance ? own.find(({ pattern }) => pattern.test(name)) : undefined;
    if (!entry) {
      left.push(name);
      continue;
    }
    const file = path.join(directory.root, name);
    rmSync(file, { recursive: true, force: true });
    deleted.push({ name: file, what: entry.what });
  }
  if (left.length === 0) rmdirSync(directory.root);
  return { deleted, left, context };
}

/** Deleting through a mount would delete what is somebody else's: a Pod's hostPath, say. */
function refuseMounts({ root }: DataDirectory): void {
  if (!existsSync('/proc/self/mountinfo')) return;
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map((line) => line.split(' ')[4] ?? '').filter((mount) => mount.startsWith(`${root}/`));
  if (mounts.length > 0) throw new Failure(`nothing was deleted: ${mounts.length} mounts are left in ${root}, the first being ${mounts[0] ?? ''}; unmount them and run again`);
}

/** Only an entry that still leads to this very server is taken out. */
function removeContext(last: ServerState | undefined): string | undefined {
  if (last?.kubeconfig === undefined || last.server === '' || !existsSync(last.kubeconfig)) return undefined;
  try {
    return removeFromKubeconfig(last.kubeconfig, last.context, last.server) ? last.kubeconfig : undefined;
  } catch (error) {
    if (error instanceof KubeconfigError) return undefined;
    throw error;
  }
}
