/**
 * The node's side of Service traffic outside nftables: forwarding, the route of the service range over a link of our own, and which
 * links lead to Pods.
 *
 * The route only makes the kernel accept the range as reachable and pick the node's address as source: packets are redirected
 * before they would leave by it. The link is a veth pair, since not every kernel has dummy devices.
 */
import { Ipv4Range } from '../../base/ipv4-range.ts';
import { runCommand, type CommandRunner } from '../command.ts';
import { allowLocalnetHere, readHostRoutes } from './own-namespace.ts';
import type { OwnedByServiceProxy } from './owned.ts';

export interface LinkOptions {
  readonly nodeAddress: string;
  readonly clusterCidr: string;
  readonly serviceCidr: string;
}

interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/** Throws when a route of the host takes the service range or the Pods' range. */
export async function setUpLinks(run: CommandRunner, owned: OwnedByServiceProxy, options: LinkOptions): Promise<void> {
  checkOverlap(await routes(run), owned, options);
  await run('sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
  if (!(await linkExists(run, owned.link))) await run('ip', ['link', 'add', owned.link, 'type', 'veth', 'peer', 'name', owned.linkPeer]);
  await run('ip', ['link', 'set', owned.link, 'up']);
  await run('ip', ['link', 'set', owned.linkPeer, 'up']);
  await run('ip', ['route', 'replace', options.serviceCidr, 'dev', owned.link, 'src', options.nodeAddress]);
}

/** Takes the link away, and with it the route. */
export async function removeLinks(run: CommandRunner, owned: OwnedByServiceProxy): Promise<void> {
  if (await linkExists(run, owned.link)) await run('ip', ['link', 'del', owned.link]);
}

/** The links that lead to these Pod addresses: each Pod has a route of its own. */
export async function podLinks(run: CommandRunner, addresses: ReadonlySet<string>): Promise<string[]> {
  if (addresses.size === 0) return [];
  const links = new Set<string>();
  for (const [address, link] of run === runCommand ? await readHostRoutes() : await hostRoutes(run)) if (addresses.has(address)) links.add(link);
  return [...links].sort();
}

/** Lets packets for 127.0.0.1 go to a Pod and back over its link: connections from the node to localhost's node ports. */
export async function allowLocalnet(run: CommandRunner, link: string): Promise<void> {
  if (run === runCommand) await allowLocalnetHere(link);
  else await run('sysctl', ['-q', '-w', `net/ipv4/conf/${link}/route_localnet=1`]);
}

async function linkExists(run: CommandRunner, name: string): Promise<boolean> {
  const links = JSON.parse((await run('ip', ['-j', 'link', 'show'])) || '[]') as readonly { readonly ifname: string }[];
  return links.some(({ ifname }) => ifname === name);
}

async function routes(run: CommandRunner): Promise<readonly Route[]> {
  return JSON.parse((await run('ip', ['-j', '-4', 'route', 'show'])) || '[]') as readonly Route[];
}

async function hostRoutes(run: CommandRunner): Promise<[address: string, link: string][]> {
  return (await routes(run)).flatMap(({ dst, dev }) => (dev === undefined ? [] : [[dst.replace(/\/32$/, ''), dev]]));
}

function checkOverlap(all: readonly Route[], owned: OwnedByServiceProxy, options: LinkOptions): void {
  const services = Ipv4Range.parse(options.serviceCidr);
  const pods = Ipv4Range.parse(options.clusterCidr);
  if (services.overlaps(pods)) throw new Error(`the service range ${services.text} and the Pod range ${pods.text} overlap`);
  for (const { dst, dev } of all) {
    if (dst === 'default' || dev === owned.link) continue;
    const range = Ipv4Range.parse(dst.includes('/') ? dst : `${dst}/32`);
    if (range.overlaps(services)) throw new Error(`the service range ${services.text} overlaps with the route ${dst} of ${dev ?? 'the host'}`);
    // Smaller routes within the Pod range are the Pods'.
    if (range.size > pods.size && range.overlaps(pods)) throw new Error(`the Pod range ${pods.text} overlaps with the route ${dst} of ${dev ?? 'the host'}`);
  }
}
