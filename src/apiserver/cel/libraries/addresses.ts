/** ip() and cidr(). Upstream: k8s.io/apiserver/pkg/cel/library/{ip,cidr}.go */
import type { Environment } from '@marcbachmann/cel-js';
import { Cidr, IpAddress } from '../../../resources/validation/addresses.ts';

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
