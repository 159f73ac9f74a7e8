/** Arithmetic on IPv4 ranges such as '10.96.0.0/16', which must be well-formed. */
export function rangesOverlap(one: string, other: string): boolean {
  const a = boundsOf(one);
  const b = boundsOf(other);
  return a.first <= b.last && b.first <= a.last;
}

const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

/** The address `offset` places after the range's first: ('10.96.0.0/16', 10) → '10.96.0.10'. */
export function addressIn(cidr: string, offset: number): string {
  return dotted(boundsOf(cidr).first + offset);
}

const nodeBits = 24;

/** The part of the Pods' range that goes to the first node: 256 addresses, or all where there are fewer. */
export function firstNodeRange(cidr: string): string {
  const [, size = ''] = cidr.split('/');
  return Number(size) >= nodeBits ? cidr : `${addressIn(cidr, 0)}/${nodeBits}`;
}

function boundsOf(cidr: string): { readonly first: number; readonly last: number } {
  const [address = '', size = '32'] = cidr.split('/');
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const length = 2 ** (32 - Number(size));
  const first = Math.floor(value / length) * length;
  return { first, last: first + length - 1 };
}
