/** IP addresses and networks as values: read from text, compared, written in their canonical form (RFC 5952). */
import { isIP } from 'node:net';

export type IpFamily = 'IPv4' | 'IPv6';

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

  /** Undefined for what is no address; zones and IPv4 inside IPv6 are none. */
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

  /** Takes leading zeros of IPv4 and the dotted end of IPv6 as well, which means the same to some programs and another address to others. */
  static parseLeniently(text: string): IpAddress | undefined {
    const dotted = /^(.*:)?(\d+\.\d+\.\d+\.\d+)$/.exec(text);
    if (!dotted) return IpAddress.parse(text);
    const [, prefix, tail = ''] = dotted;
    const four = IpAddress.parse(tail.split('.').map((part) => part.replace(/^0+(?=\d)/, '')).join('.'));
    if (four === undefined || prefix === undefined) return four;
    if (tail !== four.toString()) return undefined;
    return IpAddress.parse(`${prefix}${(four.bits >> 16n).toString(16)}:${(four.bits & 0xffffn).toString(16)}`);
  }

  /** An IPv4 address inside IPv6 (::ffff:0:0/96). */
  get isMapped(): boolean {
    return this.family === 6 && this.bits >> 32n === 0xffffn;
  }

  /** The IPv4 address of a mapped one; else itself. */
  get unmapped(): IpAddress {
    return this.isMapped ? new IpAddress(4, this.bits & 0xffffffffn) : this;
  }

  toString(): string {
    if (this.family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((this.bits >> shift) & 255n)).join('.');
    return compressed(Array.from({ length: 8 }, (_, i) => ((this.bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)));
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
    return match ? Cidr.#of(IpAddress.parse(match[1] ?? ''), Number(match[2])) : undefined;
  }

  /** As `IpAddress.parseLeniently`, and with leading zeros of the length. */
  static parseLeniently(text: string): Cidr | undefined {
    const match = /^([^/]+)\/(\d+)$/.exec(text);
    return match ? Cidr.#of(IpAddress.parseLeniently(match[1] ?? ''), Number(match[2])) : undefined;
  }

  static #of(address: IpAddress | undefined, length: number): Cidr | undefined {
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
