/**
 * Questions for other name servers: each asked in turn until one answers; the same question asked again meanwhile waits for the one
 * answer, so that a loop through a name server that asks us ends by itself. Answers are kept for up to 30 s, negative ones too.
 * A server that did not answer twice in a row is tried once a second only: what depends on it fails at once in between.
 */
import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { isIPv6 } from 'node:net';
import dnsPacket, { type Packet, type ResourceRecord } from 'dns-packet';
import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Nameserver } from './resolv-conf.ts';

export interface UpstreamAnswer {
  /** 'NOERROR', 'NXDOMAIN', 'SERVFAIL'... */
  readonly rcode: string;
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
}

export interface UpstreamsOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Default 2,000 ms. */
  readonly timeoutMs?: number;
}

interface Kept {
  readonly answer: UpstreamAnswer;
  readonly since: number;
  readonly until: number;
}

const longestKept = 30_000;
const mostKept = 10_000;
const failuresUntilDown = 2;
const retryDownEvery = 1_000;
const failed: UpstreamAnswer = { rcode: 'SERVFAIL', answers: [], authorities: [] };

export class Upstreams {
  readonly #options: UpstreamsOptions;
  #servers: readonly Upstream[] = [];
  readonly #asking = new Map<string, Promise<UpstreamAnswer>>();
  readonly #kept = new Map<string, Kept>();
  hits = 0;
  misses = 0;

  constructor(servers: readonly Nameserver[], options: UpstreamsOptions) {
    this.#options = options;
    this.use(servers);
  }

  /** Asks these from now on, and forgets what others said. */
  use(servers: readonly Nameserver[]): void {
    this.close();
    this.#kept.clear();
    this.#servers = servers.map((server) => new Upstream(server, this.#options));
  }

  /** Never rejects: SERVFAIL when nobody answers. */
  resolve(name: string, type: string): Promise<UpstreamAnswer> {
    const key = `${type} ${name.toLowerCase()}`;
    const kept = this.#fromKept(key);
    if (kept) {
      this.hits++;
      return Promise.resolve(kept);
    }
    const asking = this.#asking.get(key);
    if (asking) return asking;
    this.misses++;
    const answer = this.#ask(name, type)
      .catch(() => failed)
      .then((found) => {
        this.#keep(key, found);
        return found;
      })
      .finally(() => this.#asking.delete(key));
    this.#asking.set(key, answer);
    return answer;
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }

  async #ask(name: string, type: string): Promise<UpstreamAnswer> {
    for (const server of this.#servers) {
      const packet = await server.ask(name, type);
      if (packet && packet.rcode !== 'SERVFAIL' && packet.rcode !== 'REFUSED') return { rcode: packet.rcode, answers: packet.answers, authorities: packet.authorities };
    }
    return failed;
  }

  #fromKept(key: string): UpstreamAnswer | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    const now = this.#options.clock.monotonic();
    if (now >= kept.until) {
      this.#kept.delete(key);
      return undefined;
    }
    const age = Math.floor((now - kept.since) / 1000);
    const aged = (record: ResourceRecord): ResourceRecord => ({ ...record, ttl: Math.max(0, (record.ttl ?? 0) - age) });
    return { rcode: kept.answer.rcode, answers: kept.answer.answers.map(aged), authorities: kept.answer.authorities.map(aged) };
  }

  #keep(key: string, answer: UpstreamAnswer): void {
    if (answer.rcode !== 'NOERROR' && answer.rcode !== 'NXDOMAIN') return;
    const ttls = [...answer.answers, ...answer.authorities].map(({ ttl = 0 }) => ttl * 1000);
    const ms = Math.min(longestKept, ...(ttls.length > 0 ? ttls : [0]));
    if (ms <= 0) return;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= mostKept && oldest !== undefined) this.#kept.delete(oldest);
    const since = this.#options.clock.monotonic();
    this.#kept.set(key, { answer, since, until: since + ms });
  }
}

interface Waiting {
  readonly name: string;
  readonly type: string;
  readonly answered: (packet: Packet | undefined) => void;
}

/** One name server and the socket to it. */
class Upstream {
  readonly #server: Nameserver;
  readonly #options: UpstreamsOptions;
  readonly #waiting = new Map<number, Waiting>();
  #socket: Promise<Socket> | undefined;
  #failures = 0;
  #triedAt = -Infinity;

  constructor(server: Nameserver, options: UpstreamsOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** Undefined when there is no answer in time, or the server is known to be down. */
  async ask(name: string, type: string): Promise<Packet | undefined> {
    const { clock } = this.#options;
    const now = clock.monotonic();
    if (this.#failures >= failuresUntilDown && now - this.#triedAt < retryDownEvery) return undefined;
    this.#triedAt = now;
    const packet = (await this.#askUdp(name, type)) ?? undefined;
    this.#failures = packet ? 0 : this.#failures + 1;
    return packet?.flag_tc ? ((await this.#askTcp(name, type)) ?? packet) : packet;
  }

  close(): void {
    for (const waiting of this.#waiting.values()) waiting.answered(undefined);
    this.#waiting.clear();
    void this.#socket?.then((socket) => socket.close()).catch(() => {});
  }

  async #askUdp(name: string, type: string): Promise<Packet | undefined> {
    const socket = await this.#connected().catch(() => undefined);
    if (!socket) return undefined;
    let id = this.#options.random.below(65536);
    while (this.#waiting.has(id)) id = (id + 1) & 0xffff;
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(this.#options.timeoutMs ?? 2_000, () => answered(undefined));
      const answered = (packet: Packet | undefined): void => {
        timer.cancel();
        this.#waiting.delete(id);
        resolve(packet);
      };
      this.#waiting.set(id, { name, type, answered });
      socket.send(query(id, name, type), (error) => {
        if (error) answered(undefined);
      });
    });
  }

  #connected(): Promise<Socket> {
    this.#socket ??= new Promise((resolve, reject) => {
      const socket = createSocket(isIPv6(this.#server.address) ? 'udp6' : 'udp4');
      socket.on('error', (error) => {
        // Refused or unreachable: whoever waits need not wait longer.
        for (const waiting of this.#waiting.values()) waiting.answered(undefined);
        this.#socket = undefined;
        socket.removeAllListeners().on('error', () => {});
        socket.close();
        reject(error);
      });
      socket.on('message', (message) => this.#received(message));
      socket.connect(this.#server.port, this.#server.address, () => resolve(socket));
    });
    return this.#socket;
  }

  #received(message: Buffer): void {
    let packet: Packet;
    try {
      packet = dnsPacket.decode(message);
    } catch {
      return; // Not an answer: the question's time runs on.
    }
    const waiting = this.#waiting.get(packet.id);
    const [question] = packet.questions;
    if (waiting && packet.type === 'response' && question?.name.toLowerCase() === waiting.name.toLowerCase() && question.type === waiting.type) waiting.answered(packet);
  }

  #askTcp(name: string, type: string): Promise<Packet | undefined> {
    return new Promise((resolve) => {
      const id = this.#options.random.below(65536);
      const socket = connect(this.#server.port, this.#server.address);
      const chunks: Buffer[] = [];
      const timer = this.#options.clock.after(this.#options.timeoutMs ?? 2_000, () => done(undefined));
      const done = (packet: Packet | undefined): void => {
        timer.cancel();
        socket.destroy();
        resolve(packet);
      };
      socket.on('error', () => done(undefined));
      socket.on('end', () => done(undefined));
      socket.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        const all = Buffer.concat(chunks);
        if (all.length < 2 || all.length < all.readUInt16BE(0) + 2) return;
        try {
          const packet = dnsPacket.decode(all.subarray(2));
          done(packet.id === id ? packet : undefined);
        } catch {
          done(undefined);
        }
      });
      const message = query(id, name, type);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(message.length);
      socket.write(Buffer.concat([length, message]));
    });
  }
}

const recursionDesired = 0x0100;
const query = (id: number, name: string, type: string): Buffer =>
  dnsPacket.encode({ id, type: 'query', flags: recursionDesired, questions: [{ name, type, class: 'IN' }] });
