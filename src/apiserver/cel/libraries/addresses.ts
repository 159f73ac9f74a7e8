/** ip() and cidr(). Upstream: k8s.io/apiserver/pkg/cel/library/{ip,cidr}.go */
import { isIP } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';

/** An address as a number. */
export class IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;

  constructor(family: 4 | 6, bits: bigint) {
    this.family = family;
    this.bits = bits;
  }

  get width(): number {
    return this.family === 4 ? 32 : 128;
  }

  /** Undefined for what is no address; zones and IPv4 inside IPv6 are none, as upstream has it. */
  static parse(text: string): IpAddress | undefined {
    const family = isIP(text);
    if (family === 4) return new IpAddress(4, text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n));
    if (family !== 6 || text.includes('%') || text.includes('.')) return undefined;
    const [head = '', tail] = text.split('::');
    const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
    const before = groups(head);
    const after = tail === undefined ? [] : groups(tail);
    const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
    return new IpAddress(6, all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n));
  }

  toString(): string {
    if (this.family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((this.bits >> shift) & 255n)).join('.');
    const groups = Array.from({ length: 8 }, (_, i) => ((this.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
    return compressed(groups);
  }

  isIn(prefix: IpAddress, length: number): boolean {
    const shift = BigInt(prefix.width - length);
    return this.family === prefix.family && this.bits >> shift === prefix.bits >> shift;
  }
}

/** The longest run of zeros as '::'. */
function compressed(groups: readonly string[]): string {
  let best = { at: 0, length: 0 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (groups[at + length] === '0') length++;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

export class Cidr {
  readonly address: IpAddress;
  readonly length: number;

  constructor(address: IpAddress, length: number) {
    this.address = address;
    this.length = length;
  }

  static parse(text: string): Cidr | undefined {
    const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
    const address = match ? IpAddress.parse(match[1] ?? '') : undefined;
    const length = Number(match?.[2]);
    return address && length <= address.width ? new Cidr(address, length) : undefined;
  }

  masked(): Cidr {
    const shift = BigInt(this.address.width - this.length);
    return new Cidr(new IpAddress(this.address.family, (this.address.bits >> shift) << shift), this.length);
  }

  contains(other: Cidr): boolean {
    return other.length >= this.length && other.address.isIn(this.address, this.length);
  }

  toString(): string {
    return `${this.address.toString()}/${this.length}`;
  }
}

/** What stands before the dot in `ip.isCanonical`. */
class IpNamespace {}

function ipOf(text: string): IpAddress {
  const address = IpAddress.parse(text);
  if (!address) throw new Error(`IP Address ${JSON.stringify(text)} parse error: unable to parse IP`);
  return address;
}

function cidrOf(text: string): Cidr {
  const cidr = Cidr.parse(text);
  if (!cidr) throw new Error(`network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): invalid prefix`);
  return cidr;
}

const inRange = (address: IpAddress, ...ranges: string[]): boolean => ranges.some((range) => new Cidr(address, address.width).address.isIn(cidrOf(range).address, cidrOf(range).length));

export function addAddresses(environment: Environment): Environment {
  const ip = 'net.IP';
  const cidr = 'net.CIDR';
  return environment
    .registerType(ip, { ctor: IpAddress })
    .registerType(cidr, { ctor: Cidr })
    .registerType('IpNamespace', { ctor: IpNamespace })
    .registerConstant('ip', 'IpNamespace', new IpNamespace())
    .registerFunction(`ip(string): ${ip}`, ipOf)
    .registerFunction('isIP(string): bool', (text: string) => IpAddress.parse(text) !== undefined)
    .registerFunction('IpNamespace.isCanonical(string): bool', (_: unknown, text: string) => ipOf(text).toString() === text)
    .registerFunction(`string(${ip}): string`, String)
    .registerFunction(`${ip}.family(): int`, ({ family }: IpAddress) => BigInt(family))
    .registerFunction(`${ip}.isUnspecified(): bool`, ({ bits }: IpAddress) => bits === 0n)
    .registerFunction(`${ip}.isLoopback(): bool`, (address: IpAddress) => inRange(address, '127.0.0.0/8', '::1/128'))
    .registerFunction(`${ip}.isLinkLocalMulticast(): bool`, (address: IpAddress) => inRange(address, '224.0.0.0/24', 'ff02::/16'))
    .registerFunction(`${ip}.isLinkLocalUnicast(): bool`, (address: IpAddress) => inRange(address, '169.254.0.0/16', 'fe80::/10'))
    .registerFunction(`${ip}.isGlobalUnicast(): bool`, (address: IpAddress) => address.bits !== 0n && !inRange(address, '127.0.0.0/8', '::1/128', '224.0.0.0/4', 'ff00::/8', '169.254.0.0/16', 'fe80::/10', '255.255.255.255/32'))
    .registerFunction(`cidr(string): ${cidr}`, cidrOf)
    .registerFunction('isCIDR(string): bool', (text: string) => Cidr.parse(text) !== undefined)
    .registerFunction(`string(${cidr}): string`, String)
    .registerFunction(`${cidr}.containsIP(string): bool`, (range: Cidr, text: string) => ipOf(text).isIn(range.address, range.length))
    .registerFunction(`${cidr}.containsIP(${ip}): bool`, (range: Cidr, address: IpAddress) => address.isIn(range.address, range.length))
    .registerFunction(`${cidr}.containsCIDR(string): bool`, (range: Cidr, text: string) => range.contains(cidrOf(text)))
    .registerFunction(`${cidr}.containsCIDR(${cidr}): bool`, (range: Cidr, other: Cidr) => range.contains(other))
    .registerFunction(`${cidr}.ip(): ${ip}`, ({ address }: Cidr) => address)
    .registerFunction(`${cidr}.masked(): ${cidr}`, (range: Cidr) => range.masked())
    .registerFunction(`${cidr}.prefixLength(): int`, ({ length }: Cidr) => BigInt(length))
    .registerOperator(`${ip} == ${ip}`, (a: IpAddress, b: IpAddress) => a.family === b.family && a.bits === b.bits)
    .registerOperator(`${cidr} == ${cidr}`, (a: Cidr, b: Cidr) => a.toString() === b.toString());
}
