/** What this machine has and lacks, looked up and never assumed. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export interface Machine {
  readonly containerd: string;
  readonly containerdMajor: number;
  readonly containerdVersion: string;
  readonly ctr: string | undefined;
  readonly runc: string;
  readonly cniPlugins: string;
  readonly cgroupVersion: 1 | 2;
  /** Without it no process's oom_score_adj can be lowered. */
  readonly hasSysResource: boolean;
}

/** Something is missing that cannot be done without; the message names it and the package that has it. */
export class MachineLacks extends Error {
  readonly what: string;
  constructor(what: string, fix: string) {
    super(`${what} is missing: ${fix}`);
    this.name = 'MachineLacks';
    this.what = what;
  }
}

const folders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const cniFolders = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni'];
const capSysResource = 24n;

/** The path of a program, from PATH and from the usual folders (a user's PATH often lacks sbin). */
export function findProgram(name: string): string | undefined {
  for (const folder of [...(process.env['PATH'] ?? '').split(':'), ...folders]) {
    const candidate = path.join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return undefined;
}

export function cgroupVersion(): 1 | 2 {
  return existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1;
}

export function hasCapability(bit: bigint): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n;
}

/** Throws MachineLacks for the first thing that is missing. */
export function inspectMachine(): Machine {
  const need = (name: string, debianPackage: string): string => {
    const found = findProgram(name);
    if (found === undefined) throw new MachineLacks(name, `install the package ${debianPackage}`);
    return found;
  };
  const containerd = need('containerd', 'containerd');
  const runc = need('runc', 'runc');
  const cniPlugins = cniFolders.find((folder) => existsSync(path.join(folder, 'ptp')));
  if (cniPlugins === undefined) throw new MachineLacks('the CNI plugin ptp', 'install the package containernetworking-plugins');
  const answer = execFileSync(containerd, ['--version'], { encoding: 'utf8' });
  const version = /\bv?(\d+)\.(\d+\.\d+)/.exec(answer);
  return {
    containerd,
    containerdMajor: Number(version?.[1] ?? 1),
    containerdVersion: version ? `${version[1]}.${version[2]}` : '',
    ctr: findProgram('ctr'),
    runc,
    cniPlugins,
    cgroupVersion: cgroupVersion(),
    hasSysResource: hasCapability(capSysResource),
  };
}
