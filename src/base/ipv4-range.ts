/** IPv4 addresses as numbers, and ranges of them as '10.96.0.0/16'. */

/** The number of a dotted address; undefined for anything else. */
export function ipv4Number(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (!parts) return undefined;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const part = Number(parts[i]);
    if (part > 255) return undefined;
    value = value * 256 + part;
  }
  return value;
}

export const ipv4Text = (value: number): string => `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

export class Ipv4Range {
  /** As given, with the host bits cleared. */
  readonly text: string;
  readonly first: number;
  /** How many addresses the range has. */
  readonly size: number;

  private constructor(first: number, bits: number) {
    this.first = first;
    this.size = 2 ** (32 - bits);
    this.text = `${ipv4Text(first)}/${bits}`;
  }

  /** Throws for what is no IPv4 range. */
  static parse(text: string): Ipv4Range {
    const [address = '', length = ''] = text.split('/');
    const value = ipv4Number(address);
    const bits = Number(length);
    if (value === undefined || !/^\d{1,2}$/.test(length) || bits > 32) throw new RangeError(`not an IPv4 range: ${text}`);
    const size = 2 ** (32 - bits);
    return new Ipv4Range(value - (value % size), bits);
  }

  includes(address: string): boolean {
    const value = ipv4Number(address);
    return value !== undefined && value >= this.first && value < this.first + this.size;
  }

  /** The address at an offset, 0 being the range's own. */
  at(offset: number): string {
    return ipv4Text(this.first + offset);
  }

  overlaps(other: Ipv4Range): boolean {
    return this.first < other.first + other.size && other.first < this.first + this.size;
  }
}
