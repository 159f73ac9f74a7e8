/**
 * Control groups by the file system, version 1 (one tree per controller) and 2 (one tree). Paths are as the runtime interface
 * writes them: '/k8ts-1a2b/kubepods/burstable/pod...', from each tree's root.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { codeOf } from '../../base/errors.ts';

export interface CgroupLimits {
  readonly cpuShares?: number | undefined;
  /** Microseconds of each 100,000; -1 for none. */
  readonly cpuQuota?: number | undefined;
  /** -1 for none. */
  readonly memoryBytes?: number | undefined;
  /** Processes and threads; -1 for any number. */
  readonly pids?: number | undefined;
}

/** Controllers that Pods' groups need to exist in before the runtime makes containers' groups below them. */
const controllers2 = '+cpu +memory +pids +io +cpuset';
const cpuPeriod = 100_000;

/** The mount points of all controller trees; one on version 2. */
export function cgroupRoots(): readonly string[] {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return ['/sys/fs/cgroup'];
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mount) => mount !== '');
}

const isUnified = (): boolean => existsSync('/sys/fs/cgroup/cgroup.controllers');

/** Version 2's weight for version 1's shares, by the runtimes' formula. */
export const sharesToWeight = (shares: number): number => Math.max(1, Math.min(10_000, 1 + Math.floor(((Math.max(2, shares) - 2) * 9999) / 262_142)));

/** Makes the group where limits can be set, parents first. In the other trees of version 1 the runtime makes it when it needs it. */
export function createCgroup(group: string): void {
  if (isUnified()) return delegate('/sys/fs/cgroup', group);
  for (const controller of ['cpu', 'memory']) mkdirSync(path.join('/sys/fs/cgroup', controller, group), { recursive: true });
}

function delegate(root: string, group: string): void {
  let at = root;
  for (const part of group.split('/').filter(Boolean)) {
    for (const controller of controllers2.split(' ')) write(path.join(at, 'cgroup.subtree_control'), controller);
    at = path.join(at, part);
    mkdirSync(at, { recursive: true });
  }
}

export function limitCgroup(group: string, limits: CgroupLimits): void {
  const set = (controller: string, file: string, value: string): void => write(path.join('/sys/fs/cgroup', isUnified() ? '' : controller, group, file), value);
  if (limits.pids !== undefined) {
    if (limits.pids >= 0 && !isUnified()) mkdirSync(path.join('/sys/fs/cgroup/pids', group), { recursive: true });
    set('pids', 'pids.max', orMax(limits.pids));
  }
  if (isUnified()) {
    if (limits.cpuShares !== undefined) set('', 'cpu.weight', String(sharesToWeight(limits.cpuShares)));
    if (limits.cpuQuota !== undefined) set('', 'cpu.max', `${orMax(limits.cpuQuota)} ${cpuPeriod}`);
    if (limits.memoryBytes !== undefined) set('', 'memory.max', orMax(limits.memoryBytes));
    return;
  }
  if (limits.cpuShares !== undefined) set('cpu', 'cpu.shares', String(limits.cpuShares));
  if (limits.cpuQuota !== undefined) {
    set('cpu', 'cpu.cfs_period_us', String(cpuPeriod));
    set('cpu', 'cpu.cfs_quota_us', String(limits.cpuQuota));
  }
  if (limits.memoryBytes !== undefined) set('memory', 'memory.limit_in_bytes', String(limits.memoryBytes));
}

/** Whether the group is there, in every tree that one of these limits belongs to. */
export function cgroupExists(group: string, { cpuShares, cpuQuota, memoryBytes, pids }: CgroupLimits): boolean {
  if (isUnified()) return existsSync(path.join('/sys/fs/cgroup', group));
  const trees = [cpuShares === undefined && cpuQuota === undefined ? [] : ['cpu'], memoryBytes === undefined ? [] : ['memory'], pids === undefined ? [] : ['pids']].flat();
  return trees.every((tree) => existsSync(path.join('/sys/fs/cgroup', tree, group)));
}

/** Bytes that the group's processes hold, caches included; undefined where there is no such group. */
export function memoryUsage(group: string): number | undefined {
  try {
    return Number(readFileSync(isUnified() ? `/sys/fs/cgroup${group}/memory.current` : `/sys/fs/cgroup/memory${group}/memory.usage_in_bytes`, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENODEV') return undefined;
    throw error;
  }
}

const orMax = (limit: number): string => (limit < 0 ? 'max' : String(limit));

/** Kills what runs in the group and removes it with all below it. Nothing happens where there is none. */
export async function removeCgroup(group: string, clock: Clock): Promise<void> {
  for (const root of cgroupRoots()) {
    for (let attempt = 0; attempt < 50 && existsSync(path.join(root, group)); attempt += 1) {
      if (removeTree(path.join(root, group))) break;
      await clock.sleep(20);
    }
  }
}

function removeTree(folder: string): boolean {
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) removeTree(path.join(folder, entry.name));
    for (const pid of readFileSync(path.join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) kill(Number(pid));
    rmdirSync(folder);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

function kill(pid: number): void {
  try {
    if (pid > 1) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** A controller that is not there, or a value the kernel rounds or refuses, is no reason not to run a Pod. */
function write(file: string, value: string): void {
  try {
    writeFileSync(file, value);
  } catch (error) {
    if (!['ENOENT', 'EINVAL', 'EACCES', 'EBUSY', 'EOPNOTSUPP', 'EPERM'].includes(codeOf(error) ?? '')) throw error;
  }
}
