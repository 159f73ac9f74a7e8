/**
 * IP addresses and networks in objects. Texts that programs read in different ways are refused: leading zeros (octal to some), IPv4
 * inside IPv6, networks with bits set behind their prefix. What is only unusual is told of in a warning.
 * Upstream: k8s.io/apimachinery/pkg/util/validation/ip.go
 */
import { isIPv4, isIPv6 } from 'node:net';
import type { FieldPath } from '../../apimachinery/field-error.ts';
import { Cidr, IpAddress, type IpFamily } from './addresses.ts';

export type { IpFamily } from './addresses.ts';

export function ipFamilyOf(address: string): IpFamily | undefined {
  if (isIPv4(address)) return 'IPv4';
  return isIPv6(address) ? 'IPv6' : undefined;
}

/** An address in any form that is read alike everywhere. */
export function checkIp(value: string): string[] {
  const address = IpAddress.parseLeniently(value);
  if (address === undefined) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (address.family === 4 && address.toString() !== value) return ['must not have leading 0s'];
  return address.isMapped ? ['must not be an IPv4-mapped IPv6 address'] : [];
}

/** An address in the one form that it has. */
export function checkCanonicalIp(value: string): string[] {
  const errors = checkIp(value);
  return errors.length > 0 ? errors : differsFrom(value, IpAddress.parse(value));
}

/** A network, in any form that is read alike everywhere. */
export function checkCidr(value: string): string[] {
  const cidr = Cidr.parseLeniently(value);
  if (cidr === undefined) return ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
  const { address, length } = cidr;
  if (String(length) !== value.split('/')[1] || (address.family === 4 && cidr.toString() !== value)) return ['must not have leading 0s in IP or prefix length'];
  if (address.isMapped) return ['must not have an IPv4-mapped IPv6 address'];
  return cidr.masked().address.bits === address.bits ? [] : ['must not have bits set beyond the prefix length'];
}

export function checkCanonicalCidr(value: string): string[] {
  const errors = checkCidr(value);
  return errors.length > 0 ? errors : differsFrom(value, Cidr.parse(value));
}

/** '10.9.8.7/24': an address and the network that it is in. */
export function checkInterfaceAddress(value: string): string[] {
  const cidr = Cidr.parseLeniently(value);
  if (cidr === undefined) return ['must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'];
  const { address, length } = cidr;
  return differsFrom(value, new Cidr(address.unmapped, address.isMapped && length > 32 ? length - 96 : length));
}

const differsFrom = (value: string, canonical: { toString(): string } | undefined): string[] => {
  const text = canonical?.toString() ?? value;
  return text === value ? [] : [`must be in canonical form (${JSON.stringify(text)})`];
};

/** For an address that checkIp accepts. */
export const ipWarnings = (path: FieldPath, value: string): string[] => unusual(path, 'address', value, IpAddress.parse(value));

/** For a network that checkCidr accepts. */
export const cidrWarnings = (path: FieldPath, value: string): string[] => unusual(path, 'CIDR value', value, Cidr.parse(value));

function unusual(path: FieldPath, what: string, value: string, parsed: IpAddress | Cidr | undefined): string[] {
  const text = parsed?.toString() ?? value;
  return text === value ? [] : [`${path.toString()}: IPv6 ${what} ${JSON.stringify(value)} should be in RFC 5952 canonical format (${JSON.stringify(text)})`];
}
