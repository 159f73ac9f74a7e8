/** The addresses of this machine: all that lead to it, and the one of each family by which a node is known. */
import { readFileSync } from 'node:fs';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Each address once, without those of loopback, of a single link, and of the near ends of Pods' links. */
export function ownAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  return [...new Set(Object.entries(interfaces).flatMap(([link, addresses]) => (addresses ?? []).filter((one) => leadsHere(link, one)).map(({ address }) => address)))];
}

/**
 * At most one address a family, IPv4 first, since that is what Pods report as their host's: those of the link with the default route,
 * or the first there are. Upstream: k8s.io/apimachinery/pkg/util/net/interface.go (ChooseHostInterface)
 */
export function nodeAddresses(interfaces: Interfaces = networkInterfaces(), routes = readIfThere('/proc/net/route')): string[] {
  const link = defaultLink(routes);
  const preferred = link === undefined ? [] : ownAddresses({ [link]: interfaces[link] });
  const all = [...preferred, ...ownAddresses(interfaces)];
  const chosen = [all.find((address) => !address.includes(':')), all.find((address) => address.includes(':'))];
  return chosen.filter((address) => address !== undefined);
}

function leadsHere(link: string, { internal, address, netmask }: NetworkInterfaceInfo): boolean {
  if (internal || address.startsWith('fe80:') || address.startsWith('169.254.')) return false;
  return !(link.startsWith('veth') && netmask === '255.255.255.255');
}

/** Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask ...; the default route with the lowest metric counts. */
function defaultLink(routes: string): string | undefined {
  const defaults = routes.split('\n').slice(1).map((line) => line.trim().split(/\s+/)).filter(([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000');
  return defaults.sort((a, b) => Number(a[6]) - Number(b[6]))[0]?.[0];
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // not Linux
  }
}
