/**
 * The address ranges of an instance. The usual ones, unless something on this machine uses them already (another instance, say):
 * then the next that are free. Chosen once and kept in DIR/ranges.json, since Services and Pods remember their addresses.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import type { DataDirectory } from './data-directory.ts';

export interface Ranges {
  readonly clusterCidr: string;
  readonly serviceCidr: string;
}

export const usualRanges: Ranges = { clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' };

/** What was asked for where it is not the usual, else what was kept, else usual or free ranges. */
export function settleRanges(directory: DataDirectory, asked: Ranges): Ranges {
  const file = path.join(directory.root, 'ranges.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ranges) : undefined;
  const isUsual = asked.clusterCidr === usualRanges.clusterCidr && asked.serviceCidr === usualRanges.serviceCidr;
  const chosen = isUsual ? (kept ?? reserveRanges(directory.id)) : asked;
  announceRanges(directory.id, chosen);
  writeWhole(file, chosen);
  return chosen;
}

/** Takes back what was announced, unless the instance has more on the machine than that: then its ranges are in use. */
export function withdrawRanges({ id }: DataDirectory): void {
  const folder = path.join(announcements, id);
  if (!existsSync(folder) || readdirSync(folder).some((name) => !name.startsWith('ranges.json'))) return;
  rmSync(folder, { recursive: true });
  if (readdirSync(announcements).length === 0) rmdirSync(announcements);
}

const attempts = 16;
/** Each instance says here what it takes, so that two that start together do not take the same: routes come later. */
const announcements = '/run/k8ts';

function announceRanges(id: string, ranges: Ranges): void {
  mkdirSync(path.join(announcements, id), { recursive: true, mode: 0o711 });
  writeWhole(path.join(announcements, id, 'ranges.json'), ranges);
}

/** Readers find the old text or the new one, never a part. */
function writeWhole(file: string, ranges: Ranges): void {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(ranges)}\n`);
  renameSync(fresh, file);
}

function reserveRanges(id: string): Ranges {
  mkdirSync(announcements, { recursive: true });
  return oneAtATime(() => {
    const others = announcedRanges().filter((other) => other.id !== id);
    const ranges = freeRanges([...routedRanges(), ...others.flatMap(boundsOf)]);
    announceRanges(id, ranges);
    return ranges;
  });
}

const lock = path.join(announcements, '.choosing');
const lockPauseMs = 5;
/** Choosing takes milliseconds: a lock this old is of a process that died. */
const staleLockMs = 5000;

/** Instances choose one after another; a folder is the lock, since only one of two can make it. */
function oneAtATime<T>(choose: () => T): T {
  for (let waited = 0; !makeLock(); waited += lockPauseMs) {
    if (waited >= staleLockMs) rmSync(lock, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockPauseMs);
  }
  try {
    return choose();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function makeLock(): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    return false;
  }
}

function announcedRanges(): (Ranges & { readonly id: string })[] {
  return readdirSync(announcements).flatMap((id) => {
    try {
      return [{ id, ...(JSON.parse(readFileSync(path.join(announcements, id, 'ranges.json'), 'utf8')) as Ranges) }];
    } catch (error) {
      // Not an instance, or one that has ended meanwhile.
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
      throw error;
    }
  });
}

const boundsOf = ({ clusterCidr, serviceCidr }: Ranges): Bounds[] => [bounds(clusterCidr), bounds(serviceCidr)];

function freeRanges(taken: readonly Bounds[]): Ranges {
  for (let i = 0; i < attempts; i++) {
    const ranges = { clusterCidr: `10.${244 - i}.0.0/16`, serviceCidr: `10.${96 + i}.0.0/16` };
    if (!boundsOf(ranges).some((range) => taken.some((other) => overlaps(other, range)))) return ranges;
  }
  return usualRanges;
}

interface Bounds {
  readonly first: number;
  readonly last: number;
}

const overlaps = (a: Bounds, b: Bounds): boolean => a.first <= b.last && b.first <= a.last;

function bounds(cidr: string): Bounds {
  const [address = '', size = '32'] = cidr.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { first, last: first + 2 ** (32 - Number(size)) - 1 };
}

/** The ranges that the kernel routes somewhere in particular (not the default route). */
function routedRanges(): Bounds[] {
  if (!existsSync('/proc/net/route')) return [];
  const lines = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1);
  return lines.flatMap((line) => {
    const fields = line.split('\t');
    const first = fromLittleEndian(fields[1] ?? '0');
    const mask = fromLittleEndian(fields[7] ?? '0');
    return mask === 0 ? [] : [{ first, last: first + (2 ** 32 - 1 - mask) }];
  });
}

const fromLittleEndian = (hexadecimal: string): number => Buffer.from(hexadecimal, 'hex').readUInt32LE(0);
