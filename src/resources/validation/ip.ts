/** IP addresses and networks, as texts. */
import { isIPv4, isIPv6 } from 'node:net';

export type IpFamily = 'IPv4' | 'IPv6';

export function ipFamilyOf(address: string): IpFamily | undefined {
  if (isIPv4(address)) return 'IPv4';
  return isIPv6(address) ? 'IPv6' : undefined;
}

export const checkIp = (value: string): string[] => (ipFamilyOf(value) === undefined ? ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'] : []);

export function checkCidr(value: string): string[] {
  const [address = '', length = '', ...rest] = value.split('/');
  const family = ipFamilyOf(address);
  const longest = family === 'IPv4' ? 32 : 128;
  const good = family !== undefined && rest.length === 0 && /^[0-9]{1,3}$/.test(length) && Number(length) <= longest;
  return good ? [] : ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];
}
