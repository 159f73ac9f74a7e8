/**
 * Writes DNS responses with compressed names, so that answers with many addresses fit into the 512 bytes that simple resolvers take.
 * What does not fit is left out, and the response marked as truncated: the client asks again over TCP.
 */
import dnsPacket, { type ResourceRecord } from 'dns-packet';

export const flags = { response: 0x8000, authoritative: 0x0400, truncated: 0x0200, recursionDesired: 0x0100, recursionAvailable: 0x0080, checkingDisabled: 0x0010 } as const;
export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

const typeCodes: Readonly<Record<string, number>> = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, OPT: 41, HINFO: 13, NAPTR: 35, DS: 43, SSHFP: 44, RRSIG: 46, NSEC: 47, DNSKEY: 48, NSEC3: 50, CAA: 257, DNAME: 39, TLSA: 52 };
const classIn = 1;
const largestOffset = 0x3fff;

export interface Response {
  readonly id: number;
  /** Flags with the rcode, without `response` and `truncated`. */
  readonly flags: number;
  /** The question section as it was asked: name as sent, type and class. */
  readonly question: Uint8Array | undefined;
  readonly questionName: string;
  readonly answers: readonly ResourceRecord[];
  readonly authorities?: readonly ResourceRecord[] | undefined;
  readonly additionals?: readonly ResourceRecord[] | undefined;
  /** Present when the client spoke EDNS. */
  readonly edns?: { readonly udpPayloadSize: number } | undefined;
}

const headerSize = 12;
const optSize = 11;

/** `limit`: the largest message the client takes. */
export function writeResponse(response: Response, limit: number): Buffer {
  const writer = new MessageWriter(Math.max(headerSize, limit));
  writer.question(response.question, response.questionName);
  const room = limit - (response.edns ? optSize : 0);
  const answers = writer.records(response.answers, room);
  const whole = answers === response.answers.length;
  const authorities = whole ? writer.records(response.authorities ?? [], room) : 0;
  let additionals = whole ? writer.records(response.additionals ?? [], room) : 0;
  if (response.edns) {
    writer.opt(response.edns.udpPayloadSize);
    additionals++;
  }
  const marks = flags.response | response.flags | (whole ? 0 : flags.truncated);
  return writer.finish([response.id, marks, response.question ? 1 : 0, answers, authorities, additionals]);
}

class MessageWriter {
  #buffer: Buffer;
  #offset = headerSize;
  /** Names (and their tails) written so far → where. */
  readonly #names = new Map<string, number>();

  constructor(limit: number) {
    this.#buffer = Buffer.allocUnsafe(Math.min(limit, 4096));
  }

  question(bytes: Uint8Array | undefined, name: string): void {
    if (!bytes) return;
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#offset);
    let at = 0;
    for (let tail = name; tail !== '' && tail !== '.'; ) {
      const dot = tail.indexOf('.');
      const length = dot < 0 ? tail.length : dot;
      // A label with a dot or with letters beyond ASCII in it: where its parts are cannot be told from the text.
      if (bytes[at] !== length) {
        this.#names.clear();
        break;
      }
      this.#names.set(tail, this.#offset + at);
      at += length + 1;
      tail = dot < 0 ? '' : tail.slice(dot + 1);
    }
    this.#offset += bytes.length;
  }

  /** Writes records while they end before `limit`; returns how many. */
  records(records: readonly ResourceRecord[], limit: number): number {
    let count = 0;
    for (const record of records) {
      if (record.type === 'OPT') continue;
      const start = this.#offset;
      this.#record(record);
      if (this.#offset > limit) {
        this.#offset = start;
        for (const [name, at] of this.#names) if (at >= start) this.#names.delete(name);
        return count;
      }
      count++;
    }
    return count;
  }

  opt(udpPayloadSize: number): void {
    this.#reserve(optSize);
    this.#buffer[this.#offset++] = 0;
    this.#uint16(typeCodes['OPT'] ?? 41);
    this.#uint16(udpPayloadSize);
    this.#uint32(0);
    this.#uint16(0);
  }

  finish(header: readonly number[]): Buffer {
    header.forEach((value, i) => this.#buffer.writeUInt16BE(value, i * 2));
    return this.#buffer.subarray(0, this.#offset);
  }

  #record({ name, type, ttl = 0, data }: ResourceRecord): void {
    this.#name(name.toLowerCase());
    this.#reserve(10);
    this.#uint16(typeCodes[type] ?? Number(type.replace('UNKNOWN_', '')));
    this.#uint16(classIn);
    this.#uint32(ttl);
    const lengthAt = this.#offset;
    this.#offset += 2;
    this.#data(type, data, lengthAt);
    this.#buffer.writeUInt16BE(this.#offset - lengthAt - 2, lengthAt);
  }

  #data(type: string, data: unknown, lengthAt: number): void {
    if (type === 'A') {
      this.#reserve(4);
      for (const part of String(data).split('.')) this.#buffer[this.#offset++] = Number(part);
    } else if (type === 'CNAME' || type === 'NS' || type === 'PTR') this.#name(String(data));
    else if (type === 'SRV') {
      const { priority, weight, port, target } = data as { priority: number; weight: number; port: number; target: string };
      this.#reserve(6);
      for (const value of [priority, weight, port]) this.#uint16(value);
      this.#name(target, false);
    } else {
      // The package writes the length as well.
      const codec = dnsPacket.record(type);
      this.#offset = lengthAt;
      this.#reserve(codec.encodingLength(data));
      codec.encode(data, this.#buffer, this.#offset);
      this.#offset += codec.encodingLength(data);
    }
  }

  #name(name: string, compress = true): void {
    this.#reserve(name.length + 2);
    for (let tail = name; tail !== '' && tail !== '.'; ) {
      const known = compress ? this.#names.get(tail) : undefined;
      if (known !== undefined) {
        this.#uint16(0xc000 | known);
        return;
      }
      if (this.#offset <= largestOffset && !this.#names.has(tail)) this.#names.set(tail, this.#offset);
      const dot = tail.indexOf('.');
      const label = dot < 0 ? tail : tail.slice(0, dot);
      this.#buffer[this.#offset++] = label.length;
      this.#offset += this.#buffer.write(label, this.#offset, 'latin1');
      tail = dot < 0 ? '' : tail.slice(dot + 1);
    }
    this.#buffer[this.#offset++] = 0;
  }

  #uint16(value: number): void {
    this.#offset = this.#buffer.writeUInt16BE(value, this.#offset);
  }

  #uint32(value: number): void {
    this.#offset = this.#buffer.writeUInt32BE(value >>> 0, this.#offset);
  }

  #reserve(bytes: number): void {
    const needed = this.#offset + bytes + 16;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#offset);
    this.#buffer = larger;
  }
}
