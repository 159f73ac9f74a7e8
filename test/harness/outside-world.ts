/**
 * The part of the Internet that exercises reach for, on addresses of this machine's own: a DNS server that knows
 * raw.githubusercontent.com, and a web server that answers for it.
 */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import dnsPacket from 'dns-packet';

const dnsAddress = '198.18.0.53';
const webAddress = '198.18.0.80';
const site = 'raw.githubusercontent.com';
const numberPath = '/sixeyed/kiamol/master/ch03/numbers/rng';

export interface OutsideWorld {
  /** The content of a resolv.conf that leads here. */
  readonly resolvConf: string;
  readonly webAddress: string;
  close(): Promise<void>;
}

/** Adds two addresses to the loopback interface until it is closed. */
export async function startOutsideWorld(): Promise<OutsideWorld> {
  for (const address of [dnsAddress, webAddress]) execFileSync('ip', ['address', 'replace', `${address}/32`, 'dev', 'lo']);
  const dns = createSocket('udp4', (query, peer) => dns.send(answer(query), peer.port, peer.address));
  dns.bind(53, dnsAddress);
  const web = createServer((request, response) => {
    const known = request.headers.host === site && request.url === numberPath;
    response.writeHead(known ? 200 : 404, { 'content-type': 'text/plain' }).end(known ? '42\n' : '404: Not Found');
  });
  web.listen(80, webAddress);
  await Promise.all([once(dns, 'listening'), once(web, 'listening')]);
  return {
    resolvConf: `nameserver ${dnsAddress}\n`,
    webAddress,
    close: async () => {
      dns.close();
      web.closeAllConnections();
      web.close();
      await Promise.all([once(dns, 'close'), once(web, 'close')]);
      for (const address of [dnsAddress, webAddress]) execFileSync('ip', ['address', 'delete', `${address}/32`, 'dev', 'lo']);
    },
  };
}

function answer(query: Buffer): Buffer {
  const { id, questions } = dnsPacket.decode(query);
  const known = questions[0]?.name.toLowerCase() === site;
  const answers = known && questions[0]?.type === 'A' ? [{ name: site, type: 'A', ttl: 60, data: webAddress }] : [];
  const nameError = 3;
  return dnsPacket.encode({ id, type: 'response', flags: 0x180 | (known ? 0 : nameError), questions, answers });
}
