/** Looks at this machine as a place for a node: nothing is changed. */
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { hasApt } from './apt.ts';
import { findProgram, programs } from './programs.ts';

export interface Finding {
  readonly result: 'ok' | 'missing' | 'note';
  readonly what: string;
  readonly fix?: string;
}

/** `folder` is where the data directory is or would be. */
export function checkMachine(folder: string): Finding[] {
  if (process.platform !== 'linux') return [{ result: 'missing', what: `this is ${process.platform}; containers need Linux`, fix: 'use a Linux machine' }];
  return [asRoot(), ...programs.map(findingFor), cgroups(), ...kernel(), capability(), room(folder)];
}

function asRoot(): Finding {
  return process.getuid?.() === 0 ? { result: 'ok', what: 'running as root' } : { result: 'missing', what: 'not running as root', fix: 'use sudo' };
}

function findingFor(program: (typeof programs)[number]): Finding {
  const found = findProgram(program);
  if (found !== undefined) return { result: 'ok', what: `${program.name}: ${found}` };
  const how = hasApt() ? `k8ts up installs it, or: apt-get install ${program.package}` : `install it (Debian calls the package ${program.package})`;
  return { result: program.node ? 'missing' : 'note', what: `${program.name} is missing: ${program.purpose}`, fix: how };
}

function cgroups(): Finding {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return { result: 'ok', what: 'control groups: version 2' };
  if (existsSync('/sys/fs/cgroup/memory') && existsSync('/sys/fs/cgroup/cpu')) return { result: 'ok', what: 'control groups: version 1' };
  return { result: 'missing', what: 'control groups are not mounted', fix: 'mount -t cgroup2 none /sys/fs/cgroup' };
}

function kernel(): Finding[] {
  const fileSystems = readFileSync('/proc/filesystems', 'utf8');
  const overlay = /\boverlay$/m.test(fileSystems) || existsSync('/sys/module/overlay');
  const forwarding = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim() === '1';
  return [
    overlay ? { result: 'ok', what: 'kernel: overlay file system' } : { result: 'note', what: 'the overlay file system is not loaded', fix: 'modprobe overlay (containerd does so where it may)' },
    forwarding ? { result: 'ok', what: 'kernel: forwards IPv4' } : { result: 'note', what: 'the kernel does not forward IPv4', fix: 'k8ts up switches it on, k8ts down puts it back' },
  ];
}

const capSysResource = 24n;

function capability(): Finding {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const has = ((BigInt(`0x${effective}`) >> capSysResource) & 1n) === 1n;
  return has ? { result: 'ok', what: 'may protect processes from the out-of-memory killer' } : { result: 'note', what: 'may not protect processes from the out-of-memory killer (no CAP_SYS_RESOURCE); containers run without it' };
}

const wantedBytes = 2e9;

function room(folder: string): Finding {
  let existing = path.resolve(folder);
  while (!existsSync(existing)) existing = path.dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
  } catch {
    return { result: 'missing', what: `${existing} cannot be written by this user`, fix: 'use sudo, or another folder with --data-dir' };
  }
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  const text = `${(free / 1e9).toFixed(1)} GB free for ${folder}`;
  return free >= wantedBytes ? { result: 'ok', what: text } : { result: 'note', what: `only ${text}`, fix: 'images need room: free some, or use another folder with --data-dir' };
}
