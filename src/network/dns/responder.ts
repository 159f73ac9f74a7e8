/**
 * Answers one DNS message: from the cluster's names at once, from other name servers when they answer. Knows nothing of sockets.
 *
 * Responses from the cluster's names are remembered by the query's bytes until a name changes, so that the usual query costs one
 * lookup. Answers with several addresses are turned round each time and not remembered.
 */
import dnsPacket, { type Packet, type Question, type ResourceRecord } from 'dns-packet';
import { flags, rcodes, writeResponse, type Response } from './message-writer.ts';
import type { Upstreams } from './upstreams.ts';
import type { Answer, Lookup, Zone } from './zone.ts';

export interface Counters {
  queries: number;
  /** Responses by rcode. */
  readonly rcodes: Record<string, number>;
  remembered: number;
  malformed: number;
}

export type Transport = 'udp' | 'tcp';

const ttl = 30;
const negativeTtl = 5;
const headerSize = 12;
const smallestUdp = 512;
/** What passes every network unfragmented. */
const largestUdp = 1232;
const largestTcp = 65535;
const mostRemembered = 20_000;
const opcodeMask = 0x7800;

export class Responder {
  readonly counters: Counters = { queries: 0, rcodes: {}, remembered: 0, malformed: 0 };
  readonly #zone: Zone;
  readonly #upstreams: Pick<Upstreams, 'resolve'>;
  readonly #remembered = new Map<string, { readonly response: Buffer; readonly rcode: string }>();
  #turn = 0;

  constructor(zone: Zone, upstreams: Pick<Upstreams, 'resolve'>) {
    this.#zone = zone;
    this.#upstreams = upstreams;
  }

  /** To be called when the zone changed. */
  forget(): void {
    this.#remembered.clear();
  }

  /** The response; undefined for what deserves none (a response, a fragment). */
  respond(message: Buffer, transport: Transport): Buffer | Promise<Buffer> | undefined {
    if (message.length < headerSize || (message.readUInt16BE(2) & flags.response) !== 0) {
      this.counters.malformed++;
      return undefined;
    }
    this.counters.queries++;
    const key = transport === 'udp' ? message.toString('latin1', 2) : undefined;
    const known = key === undefined ? undefined : this.#remembered.get(key);
    if (known) {
      this.counters.remembered++;
      this.#count(known.rcode);
      const response = Buffer.from(known.response);
      response.writeUInt16BE(message.readUInt16BE(0), 0);
      return response;
    }
    return this.#respond(message, transport, key);
  }

  #respond(message: Buffer, transport: Transport, key: string | undefined): Buffer | Promise<Buffer> {
    let packet: Packet;
    try {
      packet = dnsPacket.decode(message);
    } catch {
      this.counters.malformed++;
      return this.#refusal(message, 'FORMERR');
    }
    if ((message.readUInt16BE(2) & opcodeMask) !== 0) return this.#refusal(message, 'NOTIMP');
    const [question] = packet.questions;
    if (packet.questions.length !== 1 || !question) return this.#refusal(message, 'FORMERR');
    if (question.class !== 'IN' && question.class !== 'ANY') return this.#refusal(message, 'REFUSED');
    const reply = new Reply(message, packet, question, transport);
    const found = this.#zone.lookup(reply.name, question.type);
    if (found.outcome === 'foreign') return this.#forward(reply).catch(() => this.#refusal(message, 'SERVFAIL'));
    if (found.outcome === 'alias') return this.#chase(reply, found).catch(() => this.#refusal(message, 'SERVFAIL'));
    return this.#own(reply, found, key);
  }

  #own(reply: Reply, found: Exclude<Lookup, { outcome: 'foreign' } | { outcome: 'alias' }>, key: string | undefined): Buffer {
    const rcode = found.outcome === 'missing' ? 'NXDOMAIN' : 'NOERROR';
    this.#count(rcode);
    if (found.outcome !== 'found') {
      const response = reply.write(rcode, flags.authoritative, { answers: [], authorities: [timed(this.#zone.soa(), negativeTtl)] });
      this.#remember(key, response, rcode);
      return response;
    }
    const several = found.answers.length > 1;
    const answers = several ? turned(found.answers, this.#turn++) : found.answers;
    const response = reply.write(rcode, flags.authoritative, { answers: answers.map((answer) => timed(answer, ttl)), additionals: found.additionals.map((answer) => timed(answer, ttl)) });
    if (!several) this.#remember(key, response, rcode);
    return response;
  }

  async #forward(reply: Reply): Promise<Buffer> {
    const answer = await this.#upstreams.resolve(reply.name, reply.question.type);
    this.#count(answer.rcode);
    return reply.write(answer.rcode, 0, answer);
  }

  /** An alias that leads out of the cluster is followed for the client: many resolvers do not do it themselves. */
  async #chase(reply: Reply, found: Extract<Lookup, { outcome: 'alias' }>): Promise<Buffer> {
    const answer = await this.#upstreams.resolve(found.target, reply.question.type);
    this.#count('NOERROR');
    const answers = [...found.answers.map((record) => timed(record, ttl)), ...answer.answers];
    return reply.write('NOERROR', flags.authoritative, { answers, authorities: answer.answers.length > 0 ? [] : answer.authorities });
  }

  #refusal(message: Buffer, rcode: keyof typeof rcodes): Buffer {
    this.#count(rcode);
    const asked = message.readUInt16BE(2);
    return writeResponse({ id: message.readUInt16BE(0), flags: (asked & (flags.recursionDesired | opcodeMask)) | rcodes[rcode], question: undefined, questionName: '', answers: [] }, smallestUdp);
  }

  #remember(key: string | undefined, response: Buffer, rcode: string): void {
    if (key === undefined) return;
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(key, { response, rcode });
  }

  #count(rcode: string): void {
    this.counters.rcodes[rcode] = (this.counters.rcodes[rcode] ?? 0) + 1;
  }
}

/** One query, and how to answer it in the form its sender takes. */
class Reply {
  readonly question: Question;
  /** In lower case. */
  readonly name: string;
  readonly #message: Buffer;
  readonly #limit: number;
  readonly #edns: Response['edns'];

  constructor(message: Buffer, packet: Packet, question: Question, transport: Transport) {
    this.#message = message;
    this.question = question;
    this.name = question.name.toLowerCase().replace(/(.)\.$/, '$1');
    const opt = packet.additionals.find(({ type }) => type === 'OPT');
    this.#edns = opt ? { udpPayloadSize: largestUdp } : undefined;
    const udp = Math.min(largestUdp, Math.max(smallestUdp, opt?.udpPayloadSize ?? smallestUdp));
    this.#limit = transport === 'tcp' ? largestTcp : udp;
  }

  write(rcode: string, marks: number, sections: { readonly answers: readonly ResourceRecord[]; readonly authorities?: readonly ResourceRecord[]; readonly additionals?: readonly ResourceRecord[] }): Buffer {
    const asked = this.#message.readUInt16BE(2);
    const code = (rcodes as Readonly<Record<string, number>>)[rcode] ?? rcodes.SERVFAIL;
    return writeResponse(
      {
        id: this.#message.readUInt16BE(0),
        flags: marks | (asked & (flags.recursionDesired | flags.checkingDisabled)) | flags.recursionAvailable | code,
        question: this.#message.subarray(headerSize, questionEnd(this.#message)),
        questionName: this.name,
        edns: this.#edns,
        ...sections,
      },
      this.#limit,
    );
  }
}

/** Where the question section of a message with one question ends. */
function questionEnd(message: Buffer): number {
  let at = headerSize;
  for (let length = message[at] ?? 0; length !== 0; length = message[at] ?? 0) at += length + 1;
  return at + 5;
}

const timed = ({ name, type, data }: Answer, seconds: number): ResourceRecord => ({ name, type, ttl: seconds, data });

/** Aliases stay in front; what follows is turned round. */
function turned(answers: readonly Answer[], by: number): readonly Answer[] {
  const first = answers.findIndex(({ type }) => type !== 'CNAME');
  if (first < 0) return answers;
  const rest = answers.slice(first);
  const start = by % rest.length;
  return [...answers.slice(0, first), ...rest.slice(start), ...rest.slice(0, start)];
}
