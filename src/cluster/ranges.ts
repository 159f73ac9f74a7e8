/**
 * The address ranges of an instance. The usual ones, unless something on this machine uses them already (another instance, say):
 * then the next that are free. Chosen once and kept in DIR/ranges.json, since Services and Pods remember their addresses.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Ranges {
  readonly clusterCidr: string;
  readonly serviceCidr: string;
}

export const usualRanges: Ranges = { clusterCidr: '10.244.0.0/16', serviceCidr: '10.96.0.0/16' };

/** What was asked for where it is not the usual, else what was kept, else usual or free ranges. */
export function settleRanges(directory: string, asked: Ranges): Ranges {
  const file = path.join(directory, 'ranges.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ranges) : undefined;
  const isUsual = asked.clusterCidr === usualRanges.clusterCidr && asked.serviceCidr === usualRanges.serviceCidr;
  const chosen = isUsual ? (kept ?? freeRanges(routedRanges())) : asked;
  writeFileSync(file, `${JSON.stringify(chosen)}\n`);
  return chosen;
}

const attempts = 16;

function freeRanges(routed: readonly Bounds[]): Ranges {
  for (let i = 0; i < attempts; i++) {
    const ranges = { clusterCidr: `10.${244 - i}.0.0/16`, serviceCidr: `10.${96 + i}.0.0/16` };
    const taken = [ranges.clusterCidr, ranges.serviceCidr].some((range) => routed.some((route) => overlaps(route, bounds(range))));
    if (!taken) return ranges;
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
