/** The part of dns-packet that is used here; the package brings no types. */
// eslint-disable-next-line no-restricted-syntax -- a declaration only, never run.
declare module 'dns-packet' {
  export interface Question {
    readonly name: string;
    readonly type: string;
    readonly class: string;
  }

  export interface ResourceRecord {
    readonly name: string;
    readonly type: string;
    readonly class?: string;
    readonly ttl?: number;
    readonly data?: unknown;
    /** Of OPT records. */
    readonly udpPayloadSize?: number;
    readonly ednsVersion?: number;
    readonly flag_do?: boolean;
  }

  export interface Packet {
    readonly id: number;
    readonly type: 'query' | 'response';
    readonly flags: number;
    readonly opcode: string;
    readonly rcode: string;
    readonly flag_tc: boolean;
    readonly questions: readonly Question[];
    readonly answers: readonly ResourceRecord[];
    readonly authorities: readonly ResourceRecord[];
    readonly additionals: readonly ResourceRecord[];
  }

  interface RecordCodec {
    encode(data: unknown, buffer?: Buffer, offset?: number): Buffer;
    encodingLength(data: unknown): number;
  }

  const dnsPacket: {
    decode(buffer: Buffer): Packet;
    encode(packet: Partial<Packet>): Buffer;
    record(type: string): RecordCodec;
  };
  export default dnsPacket;
}
