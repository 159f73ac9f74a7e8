import assert from 'node:assert/strict';
import { test } from 'node:test';
import dnsPacket, { type Packet, type ResourceRecord } from 'dns-packet';
import { Responder, type Transport } from './responder.ts';
import type { UpstreamAnswer } from './upstreams.ts';
import { Zone } from './zone.ts';

const empty: UpstreamAnswer = { rcode: 'NOERROR', answers: [], authorities: [] };

function responder(resolve: (name: string, type: string) => Promise<UpstreamAnswer> = async () => empty): { zone: Zone; ask: (name: string, type?: string, transport?: Transport) => Promise<Packet>; subject: Responder } {
  const zone = new Zone({ domain: 'cluster.local', localRanges: [] });
  zone.put('web', [{ name: 'web.default.svc.cluster.local', type: 'A', data: '10.96.0.5' }]);
  const subject = new Responder(zone, { resolve });
  const ask = async (name: string, type = 'A', transport: Transport = 'udp'): Promise<Packet> => {
    const response = await subject.respond(dnsPacket.encode({ id: 9, type: 'query', flags: 0x0100, questions: [{ name, type, class: 'IN' }] }), transport);
    assert.ok(response);
    return dnsPacket.decode(response);
  };
  return { zone, ask, subject };
}

const records: ResourceRecord[] = [
  { name: 'example.org', type: 'A', ttl: 5, data: '192.0.2.1' },
  { name: 'example.org', type: 'AAAA', ttl: 5, data: '2001:db8::1' },
  { name: 'example.org', type: 'MX', ttl: 5, data: { preference: 10, exchange: 'mail.example.org' } },
  { name: 'example.org', type: 'TXT', ttl: 5, data: [Buffer.from('v=spf1 -all')] },
  { name: 'example.org', type: 'SRV', ttl: 5, data: { priority: 1, weight: 2, port: 3, target: 'a.example.org' } },
  { name: 'example.org', type: 'NS', ttl: 5, data: 'ns.example.org' },
  { name: 'www.example.org', type: 'CNAME', ttl: 5, data: 'example.org' },
  { name: 'example.org', type: 'SOA', ttl: 5, data: { mname: 'ns.example.org', rname: 'root.example.org', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 } },
  { name: 'example.org', type: 'CAA', ttl: 5, data: { flags: 0, tag: 'issue', value: 'ca.example', issuerCritical: false } },
  { name: 'example.org', type: 'UNKNOWN_65', ttl: 5, data: Buffer.from([0, 1, 0]) },
];

test('records of every usual type come through as they were', async () => {
  for (const record of records) {
    const { ask } = responder(async () => ({ rcode: 'NOERROR', answers: [record], authorities: [] }));
    const [answer] = (await ask('example.org', record.type)).answers;
    assert.deepEqual([answer?.name, answer?.type, answer?.ttl, answer?.data], [record.name, record.type, record.ttl, record.data]);
  }
});

test('responses are remembered until names change', async () => {
  const { ask, zone, subject } = responder();
  for (let i = 0; i < 3; i++) assert.equal((await ask('web.default.svc.cluster.local')).answers[0]?.data, '10.96.0.5');
  assert.equal(subject.counters.remembered, 2);
  zone.put('web', [{ name: 'web.default.svc.cluster.local', type: 'A', data: '10.96.0.6' }]);
  subject.forget();
  assert.equal((await ask('web.default.svc.cluster.local')).answers[0]?.data, '10.96.0.6');
});

test('odd names get whole answers', async () => {
  const { ask } = responder();
  for (const name of ['bücher.cluster.local', 'ü.default.svc.cluster.local', '*.cluster.local', `${'x'.repeat(63)}.cluster.local`]) {
    const packet = await ask(name);
    assert.deepEqual([packet.rcode, packet.authorities[0]?.name], ['NXDOMAIN', 'cluster.local'], name);
  }
  assert.equal((await ask('.', 'NS')).rcode, 'NOERROR');
});

test('what upstream says and cannot be passed on is a failure, not silence', async () => {
  const broken = responder(async () => ({ rcode: 'NOERROR', answers: [{ name: 'example.org', type: 'SRV', data: undefined }], authorities: [] }));
  assert.equal((await broken.ask('example.org', 'SRV')).rcode, 'SERVFAIL');
  assert.equal((await responder(async () => ({ rcode: 'SERVFAIL', answers: [], authorities: [] })).ask('example.org')).rcode, 'SERVFAIL');
});

test('responses get no response; other operations and several questions are refused', async () => {
  const { subject } = responder();
  const query = dnsPacket.encode({ id: 9, type: 'query', flags: 0, questions: [{ name: 'a.cluster.local', type: 'A', class: 'IN' }] });
  const response = Buffer.from(query);
  response.writeUInt16BE(0x8000, 2);
  assert.equal(subject.respond(response, 'udp'), undefined);
  const update = Buffer.from(query);
  update.writeUInt16BE(0x2800, 2);
  assert.equal(dnsPacket.decode((await subject.respond(update, 'udp')) ?? Buffer.alloc(0)).rcode, 'NOTIMP');
  const question = { name: 'a.cluster.local', type: 'A', class: 'IN' };
  const two = dnsPacket.encode({ id: 9, type: 'query', flags: 0, questions: [question, question] });
  assert.equal(dnsPacket.decode((await subject.respond(two, 'udp')) ?? Buffer.alloc(0)).rcode, 'FORMERR');
});
