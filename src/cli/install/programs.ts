/** The programs that k8ts calls, where they are looked for, and which of the distribution's packages brings them. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

export interface Program {
  readonly name: string;
  /** What it is for, as told to a user who lacks it. */
  readonly purpose: string;
  /** Debian's package. */
  readonly package: string;
  /** Only for machines that run Pods. */
  readonly node: boolean;
  /** Folders to look in besides PATH. */
  readonly folders?: readonly string[];
}

const cni = ['/opt/cni/bin', '/usr/lib/cni', '/usr/libexec/cni'];

export const programs: readonly Program[] = [
  { name: 'containerd', purpose: 'runs containers', package: 'containerd', node: true },
  { name: 'runc', purpose: 'starts container processes', package: 'runc', node: true },
  { name: 'nft', purpose: 'sends Service traffic to Pods', package: 'nftables', node: true },
  { name: 'ip', purpose: 'sets up the Pod network', package: 'iproute2', node: true },
  { name: 'conntrack', purpose: 'forgets connections to Pods that are gone', package: 'conntrack', node: true },
  { name: 'ptp', purpose: 'connects Pods to the node (CNI)', package: 'containernetworking-plugins', node: true, folders: cni },
  { name: 'host-local', purpose: 'hands out Pod addresses (CNI)', package: 'containernetworking-plugins', node: true, folders: cni },
  { name: 'loopback', purpose: "sets up Pods' loopback (CNI)", package: 'containernetworking-plugins', node: true, folders: cni },
  { name: 'kubectl', purpose: 'talks to the cluster', package: 'kubernetes-client', node: false },
];

/** System programs are often not on a user's PATH. */
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Where the program is, or undefined. */
export function findProgram(program: Pick<Program, 'name' | 'folders'>, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const onPath = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const folders = program.folders ?? [...onPath, ...systemFolders];
  return folders.map((folder) => path.join(folder, program.name)).find(isExecutable);
}

export function missingPrograms(options: { readonly node: boolean }): Program[] {
  return programs.filter((program) => (options.node || !program.node) && findProgram(program) === undefined);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
