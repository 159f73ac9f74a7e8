/** The DNS server over real sockets on loopback, with a name server of the test's own upstream. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import dnsPacket, { type Packet, type ResourceRecord } from 'dns-packet';
import { startCluster, type Cluster } from '../../cluster/start-cluster.ts';
import { silentLogger } from '../../base/log.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { runCommand } from '../command.ts';
import { createDns, type Dns } from './dns.ts';
import { nameservers } from './resolv-conf.ts';

const address = '127.53.0.9';
/** No endpoint may be on loopback. */
const announced = '192.0.2.53';
const recursionDesired = 0x0100;

describe('dns', () => {
  let cluster: Cluster;
  let dns: Dns;
  let upstream: Upstream;

  before(async () => {
    upstream = await Upstream.listen();
    cluster = await startCluster({ controllers: [] });
    dns = createDns(
      { client: cluster.client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger },
      { listen: { address, port: 0, announced }, metricsPort: 0, localRanges: ['10.96.0.0/16', '10.244.0.0/16'], upstreams: [{ address: '127.0.0.1', port: upstream.port }] },
    );
    await create('web', { clusterIP: '10.96.0.55', ports: [{ name: 'http', port: 80 }] });
    await dns.start();
    await known();
  });

  after(async () => {
    await dns.close();
    await cluster.close();
    await upstream.close();
  });

  const create = (name: string, spec: corev1.ServiceSpec): Promise<corev1.Service> => cluster.client.of(services).namespace('default').create({ metadata: { name }, spec });

  async function known(): Promise<void> {
    do await cluster.settled();
    while (!dns.idle);
  }

  const ask = (name: string, type = 'A', options: { edns?: number } = {}): Promise<Packet> => askUdp(dns.port, name, type, options);
  const data = (packet: Packet): unknown[] => packet.answers.map((record) => record.data);

  test('a Service is known as soon as it exists, and unknown as soon as it is gone', async () => {
    assert.deepEqual(data(await ask('web.default.svc.cluster.local')), ['10.96.0.55']);
    assert.equal((await ask('late.default.svc.cluster.local')).rcode, 'NXDOMAIN');
    const late = await create('late', { ports: [{ port: 80 }] });
    await known();
    assert.deepEqual(data(await ask('late.default.svc.cluster.local')), [late.spec?.clusterIP]);
    await cluster.client.of(services).namespace('default').delete('late');
    await known();
    assert.equal((await ask('late.default.svc.cluster.local')).rcode, 'NXDOMAIN');
  });

  test('an existing name without the type asked for is empty, not missing; names keep the case they were asked in', async () => {
    const packet = await ask('WEB.default.svc.Cluster.local', 'AAAA');
    assert.deepEqual([packet.rcode, packet.answers.length, packet.authorities[0]?.type], ['NOERROR', 0, 'SOA']);
    assert.equal(packet.questions[0]?.name, 'WEB.default.svc.Cluster.local');
  });

  test('EDNS is answered in kind; answers that do not fit are cut over UDP and whole over TCP', async () => {
    await create('many', { clusterIP: 'None', ports: [{ port: 80 }] });
    const endpoints = Array.from({ length: 60 }, (_, i) => ({ addresses: [`10.244.1.${i + 1}`], conditions: { ready: true } }));
    await cluster.client.of(endpointSlices).namespace('default').create({ metadata: { name: 'many', labels: { 'kubernetes.io/service-name': 'many' } }, addressType: 'IPv4', endpoints, ports: [] });
    await known();
    const name = 'many.default.svc.cluster.local';
    const short = await ask(name);
    assert.equal(short.flag_tc, true);
    assert.ok(short.answers.length >= 25 && short.answers.length < 60, `${short.answers.length} answers`);
    const long = await ask(name, 'A', { edns: 4096 });
    assert.equal(long.additionals[0]?.type, 'OPT');
    assert.equal(long.flag_tc, false);
    assert.equal(long.answers.length, 60);
    const whole = await askTcp(dns.port, name);
    assert.deepEqual([whole.flag_tc, whole.answers.length], [false, 60]);
    const firsts = new Set<unknown>();
    for (let i = 0; i < 5; i++) firsts.add(data(await ask(name))[0]);
    assert.ok(firsts.size > 1, 'answers are turned round');
  });

  test('other names are asked upstream, once, and remembered, also when they do not exist', async () => {
    upstream.zone.set('example.org', [{ name: 'example.org', type: 'A', ttl: 300, data: '192.0.2.80' }]);
    const before = upstream.asked.length;
    const answers = await Promise.all([ask('example.org'), ask('example.org'), ask('example.org')]);
    for (const answer of answers) assert.deepEqual(data(answer), ['192.0.2.80']);
    assert.equal((await ask('missing.example.org')).rcode, 'NXDOMAIN');
    assert.equal((await ask('missing.example.org')).rcode, 'NXDOMAIN');
    assert.deepEqual(upstream.asked.slice(before), ['A example.org', 'A missing.example.org']);
  });

  test('an ExternalName is followed for the client', async () => {
    upstream.zone.set('raw.example.net', [
      { name: 'raw.example.net', type: 'CNAME', ttl: 60, data: 'cdn.example.net' },
      { name: 'cdn.example.net', type: 'A', ttl: 60, data: '192.0.2.81' },
    ]);
    await create('numbers-api', { type: 'ExternalName', externalName: 'raw.example.net' });
    await known();
    const packet = await ask('numbers-api.default.svc.cluster.local');
    assert.deepEqual(packet.answers.map(({ name, type, data: value }) => [name, type, value]), [
      ['numbers-api.default.svc.cluster.local', 'CNAME', 'raw.example.net'],
      ['raw.example.net', 'CNAME', 'cdn.example.net'],
      ['cdn.example.net', 'A', '192.0.2.81'],
    ]);
  });

  test('an answer that upstream cut is asked for again over TCP', async () => {
    upstream.zone.set('big.example.org', Array.from({ length: 50 }, (_, i): ResourceRecord => ({ name: 'big.example.org', type: 'A', ttl: 60, data: `192.0.2.${i}` })));
    upstream.cut.add('big.example.org');
    assert.equal((await askTcp(dns.port, 'big.example.org')).answers.length, 50);
  });

  test('a question that upstream leaves unanswered holds nobody else up', async () => {
    upstream.silent.add('slow.example.org');
    const slow = ask('slow.example.org');
    assert.deepEqual(data(await ask('web.default.svc.cluster.local')), ['10.96.0.55']);
    upstream.zone.set('quick.example.org', [{ name: 'quick.example.org', type: 'A', ttl: 60, data: '192.0.2.82' }]);
    assert.deepEqual(data(await ask('quick.example.org')), ['192.0.2.82']);
    assert.equal((await slow).rcode, 'SERVFAIL');
  });

  test('nonsense is refused or ignored, and the server lives on', async () => {
    const socket = createSocket('udp4');
    socket.bind(0);
    await once(socket, 'listening');
    for (const bytes of [Buffer.alloc(3), Buffer.alloc(12, 0xff), Buffer.concat([Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), Buffer.from([63, 1, 2])]), Buffer.alloc(600, 0x3f)]) socket.send(bytes, dns.port, address);
    assert.deepEqual(data(await ask('web.default.svc.cluster.local')), ['10.96.0.55']);
    socket.close();
  });

  test('kube-dns leads to the server, comes back when deleted, and rests when a user brings their own', async () => {
    const system = cluster.client.of(services).namespace('kube-system');
    const slices = cluster.client.of(endpointSlices).namespace('kube-system');
    const service = await system.get('kube-dns');
    assert.equal(service.spec?.clusterIP, '10.96.0.10');
    assert.deepEqual(service.spec?.ports?.map(({ name, port, protocol }) => `${name ?? ''} ${port}/${protocol ?? ''}`), ['dns 53/UDP', 'dns-tcp 53/TCP', 'metrics 9153/TCP']);
    assert.deepEqual([service.metadata.labels?.['k8s-app'], service.metadata.labels?.['kubernetes.io/name']], ['kube-dns', 'CoreDNS']);
    const [slice] = (await slices.list()).items;
    assert.deepEqual(slice?.endpoints?.[0]?.addresses, [announced]);
    assert.equal(slice?.ports?.find(({ name }) => name === 'dns')?.port, dns.port);
    assert.deepEqual(data(await ask('10.0.96.10.in-addr.arpa', 'PTR')), ['kube-dns.kube-system.svc.cluster.local']);
    await system.delete('kube-dns');
    await known();
    await system.get('kube-dns');
    await system.patch('kube-dns', 'merge', { metadata: { labels: { 'app.kubernetes.io/managed-by': 'me' } } });
    await known();
    assert.equal((await slices.list()).items.length, 0);
  });

  test('busybox nslookup understands the answers', async () => {
    const other = createDns({ client: cluster.client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger }, { listen: { address: '127.53.0.10', port: 53 }, upstreams: [] });
    await other.start();
    try {
      const output = await runCommand('busybox', ['nslookup', 'web.default.svc.cluster.local', '127.53.0.10']);
      assert.match(output, /Address: 10\.96\.0\.55/);
      assert.doesNotMatch(output, /can't find|Parse error/);
      await assert.rejects(runCommand('busybox', ['nslookup', 'nothing.default.svc.cluster.local', '127.53.0.10']));
    } finally {
      await other.close();
    }
  });

  test('metrics count', async () => {
    const metrics = await dns.metrics();
    assert.ok(metrics.queries > 10 && metrics.forwarded >= 2 && metrics.malformed >= 1);
    assert.ok((metrics.responses['NXDOMAIN'] ?? 0) >= 2);
  });
});

test('an address that is taken is told', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const taken = createSocket('udp4');
  taken.bind(0, '127.53.0.11');
  await once(taken, 'listening');
  const context = { client: cluster.client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger };
  await assert.rejects(createDns(context, { listen: { address: '127.53.0.11', port: taken.address().port }, upstreams: [] }).start(), /EADDRINUSE/);
  taken.close();
});

test('a DNS thread that ends is replaced, with all names and on the same port', async () => {
  await using cluster = await startCluster({ controllers: [] });
  await cluster.client.of(services).namespace('default').create({ metadata: { name: 'web' }, spec: { clusterIP: '10.96.0.55', ports: [{ port: 80 }] } });
  const workerUrl = new URL('../testing/ending-dns-worker.ts', import.meta.url);
  const dns = createDns({ client: cluster.client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger }, { listen: { address, port: 0 }, upstreams: [], workerUrl });
  await dns.start();
  const { port } = dns;
  await assert.rejects(dns.metrics());
  assert.equal(dns.ready, false);
  while (!dns.ready) {
    await cluster.clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(dns.port, port);
  assert.deepEqual((await askUdp(port, 'web.default.svc.cluster.local', 'A', {})).answers.map(({ data }) => data), ['10.96.0.55']);
  await dns.close();
});

test('name servers that change in resolv.conf are asked from then on', async () => {
  await using cluster = await startCluster({ controllers: [] });
  const folder = await mkdtemp(join(tmpdir(), 'dns-'));
  const resolvConf = join(folder, 'resolv.conf');
  await writeFile(resolvConf, '');
  const upstream = await Upstream.listen('127.53.0.12', 53);
  upstream.zone.set('example.org', [{ name: 'example.org', type: 'A', ttl: 60, data: '192.0.2.80' }]);
  const dns = createDns({ client: cluster.client, informers: cluster.controlPlane.informers, clock: cluster.clock, logger: silentLogger }, { listen: { address, port: 0 }, resolvConf });
  await dns.start();
  assert.equal((await askUdp(dns.port, 'example.org', 'A', {})).rcode, 'SERVFAIL');
  await writeFile(resolvConf, 'nameserver 127.53.0.12\n');
  await cluster.clock.advance(15_000);
  let packet = await askUdp(dns.port, 'example.org', 'A', {});
  while (packet.rcode !== 'NOERROR') packet = await askUdp(dns.port, 'example.org', 'A', {});
  assert.equal(packet.answers[0]?.data, '192.0.2.80');
  await dns.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

test('name servers of resolv.conf, without ourselves', () => {
  const text = '# nameserver 9.9.9.9\nnameserver 10.0.0.1\nnameserver 10.96.0.10\n  nameserver 10.0.0.1 # again\nnameserver fe80::1%eth0\nsearch x\n';
  assert.deepEqual(nameservers(text, ['10.96.0.10']).map(({ address: found }) => found), ['10.0.0.1', 'fe80::1']);
});

async function askUdp(port: number, name: string, type: string, { edns }: { edns?: number }): Promise<Packet> {
  const socket = createSocket('udp4');
  const additionals: ResourceRecord[] = edns === undefined ? [] : [{ name: '.', type: 'OPT', udpPayloadSize: edns } as ResourceRecord];
  socket.send(dnsPacket.encode({ id: 77, type: 'query', flags: recursionDesired, questions: [{ name, type, class: 'IN' }], additionals }), port, address);
  const [message] = (await once(socket, 'message')) as [Buffer];
  socket.close();
  const packet = dnsPacket.decode(message);
  assert.equal(packet.id, 77);
  return packet;
}

async function askTcp(port: number, name: string): Promise<Packet> {
  const socket = connect(port, address);
  const query = dnsPacket.encode({ id: 78, type: 'query', flags: recursionDesired, questions: [{ name, type: 'A', class: 'IN' }] });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query]));
  let all: Buffer = Buffer.alloc(0);
  while (all.length < 2 || all.length < all.readUInt16BE(0) + 2) all = Buffer.concat([all, ((await once(socket, 'data')) as [Buffer])[0]]);
  socket.destroy();
  return dnsPacket.decode(all.subarray(2));
}

/** A name server that knows `zone`, leaves `silent` names unanswered and cuts `cut` ones over UDP. */
class Upstream {
  readonly zone = new Map<string, ResourceRecord[]>();
  readonly silent = new Set<string>();
  readonly cut = new Set<string>();
  readonly asked: string[] = [];
  readonly #udp: Socket;
  readonly #tcp: Server;

  private constructor(udp: Socket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
    udp.on('message', (message, from) => {
      const response = this.#respond(message, true);
      if (response) udp.send(response, from.port, from.address);
    });
    tcp.on('connection', (socket) => {
      socket.on('data', (chunk: Buffer) => {
        const response = this.#respond(chunk.subarray(2), false) ?? Buffer.alloc(0);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(response.length);
        socket.end(Buffer.concat([length, response]));
      });
    });
  }

  static async listen(on = '127.0.0.1', port = 0): Promise<Upstream> {
    const udp = createSocket('udp4');
    udp.bind(port, on);
    await once(udp, 'listening');
    const tcp = createServer();
    tcp.listen(udp.address().port, on);
    await once(tcp, 'listening');
    return new Upstream(udp, tcp);
  }

  get port(): number {
    return this.#udp.address().port;
  }

  async close(): Promise<void> {
    this.#udp.close();
    this.#tcp.close();
    await once(this.#tcp, 'close');
  }

  #respond(message: Buffer, isUdp: boolean): Buffer | undefined {
    const query = dnsPacket.decode(message);
    const { name, type } = query.questions[0] ?? { name: '', type: '' };
    this.asked.push(`${type} ${name}`);
    if (this.silent.has(name)) return undefined;
    const answers = this.zone.get(name);
    const isCut = isUdp && this.cut.has(name);
    const soa: ResourceRecord = { name: 'example.org', type: 'SOA', ttl: 60, data: { mname: 'a', rname: 'b', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 } };
    return dnsPacket.encode({ id: query.id, type: 'response', flags: (answers ? 0 : 3) | (isCut ? 0x0200 : 0), questions: query.questions, answers: isCut ? [] : (answers ?? []), authorities: answers ? [] : [soa] });
  }
}
