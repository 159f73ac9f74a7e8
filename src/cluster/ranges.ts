/**
 * The address ranges of an instance. The usual ones, unless something on this machine uses them already (another instance, say):
 * then the next that are free. Chosen once and kept in DIR/ranges.json, since Services and Pods remember their addresses.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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
  writeFileSync(file, `${JSON.stringify(chosen)}\n`);
  return chosen;
}

const attempts = 16;
/** Each instance says here what it takes, so that two that start together do not take the same: routes come later. */
const announcements = '/run/k8ts';

function announceRanges(id: string, ranges: Ranges): void {
  mkdirSync(path.join(announcements, id), { recursive: true, mode: 0o711 });
  writeFileSync(path.join(announcements, id, 'ranges.json'), `${JSON.stringify(ranges)}\n`);
}

/** Of two that chose the same at the same time, the one with the smaller id keeps it. */
function reserveRanges(id: string): Ranges {
  mkdirSync(announcements, { recursive: true });
  const routed = routedRanges();
  for (let attempt = 0; ; attempt++) {
    const others = announcedRanges().filter((other) => other.id !== id);
    const ranges = freeRanges([...routed, ...others.flatMap(boundsOf)]);
    announceRanges(id, ranges);
    const rivals = announcedRanges().filter((other) => other.id < id && boundsOf(other).some((a) => boundsOf(ranges).some((b) => overlaps(a, b))));
    if (rivals.length === 0 || attempt === attempts) return ranges;
  }
}

function announcedRanges(): (Ranges & { readonly id: string })[] {
  return readdirSync(announcements).flatMap((id) => {
    const file = path.join(announcements, id, 'ranges.json');
    return existsSync(file) ? [{ id, ...(JSON.parse(readFileSync(file, 'utf8')) as Ranges) }] : [];
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
