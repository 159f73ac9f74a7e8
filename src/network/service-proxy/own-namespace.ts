/** Routes and settings of this process's own network namespace, as files: a Pod that starts should not cost the start of programs. */
import { readFile, writeFile } from 'node:fs/promises';

/** The routes to single addresses in the main table: address → link. */
export async function readHostRoutes(): Promise<Map<string, string>> {
  return parseHostRoutes(await readFile('/proc/net/route', 'utf8'));
}

/** Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask ...; addresses are hexadecimal in the machine's byte order. */
export function parseHostRoutes(table: string): Map<string, string> {
  const routes = new Map<string, string>();
  for (const line of table.split('\n').slice(1)) {
    const [link = '', destination = '', , , , , , mask] = line.trim().split(/\s+/);
    if (mask === 'FFFFFFFF') routes.set(addressOf(destination), link);
  }
  return routes;
}

export async function allowLocalnetHere(link: string): Promise<void> {
  await writeFile(`/proc/sys/net/ipv4/conf/${link}/route_localnet`, '1');
}

/** '0500F40A' → '10.244.0.5': the machines this runs on are little-endian. */
function addressOf(hex: string): string {
  return [...Buffer.from(hex, 'hex')].reverse().join('.');
}
