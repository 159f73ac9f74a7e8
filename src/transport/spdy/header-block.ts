/** The compressed name/value lists of SPDY/3 frames. One encoder and one decoder live as long as the connection. */
import { dictionaryChecksum, headerDictionary } from './header-dictionary.ts';
import { Inflater } from './inflate.ts';

/** By lower-case name; several values of one name are a list. */
export type SpdyHeaders = Readonly<Record<string, string | readonly string[]>>;

export class HeaderBlockError extends Error {
  override readonly name = 'HeaderBlockError';
}

/** Bytes of one uncompressed header block. */
const maxBlock = 256 * 1024;
/** A zlib stream with a preset dictionary begins so. */
const zlibHead = Buffer.from([0x78, 0xbb, 0, 0, 0, 0]);
zlibHead.writeUInt32BE(dictionaryChecksum, 2);
/** An empty stored block: what a sync flush ends with, and what some readers wait for. */
const flush = Buffer.from([0, 0, 0, 0xff, 0xff]);
const largestStored = 0xffff;

/** Writes stored blocks: valid for every reader, and a quarter megabyte of compressor state less for each connection. */
export class HeaderEncoder {
  #begun = false;

  encode(headers: SpdyHeaders): Buffer {
    const plain = plainBlock(headers);
    const parts: Buffer[] = this.#begun ? [] : [zlibHead];
    this.#begun = true;
    for (let at = 0; at < plain.length; at += largestStored) {
      const stored = plain.subarray(at, at + largestStored);
      const head = Buffer.alloc(5);
      head.writeUInt16LE(stored.length, 1);
      head.writeUInt16LE(stored.length ^ 0xffff, 3);
      parts.push(head, stored);
    }
    return Buffer.concat([...parts, flush]);
  }
}

function plainBlock(headers: SpdyHeaders): Buffer {
  const entries = Object.entries(headers);
  const parts = [uint32(entries.length)];
  for (const [name, value] of entries) {
    for (const text of [name.toLowerCase(), typeof value === 'string' ? value : value.join('\0')]) {
      const bytes = Buffer.from(text, 'utf8');
      parts.push(uint32(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export class HeaderDecoder {
  readonly #inflater = new Inflater(headerDictionary, maxBlock);
  #begun = false;

  /** Throws HeaderBlockError or InflateError; then the connection cannot go on, since both ends' states differ. */
  decode(block: Buffer): SpdyHeaders {
    let compressed = block;
    if (!this.#begun) {
      if (block.length < 6 || ((block[0] ?? 0) & 0x0f) !== 8 || ((block[1] ?? 0) & 0x20) === 0 || block.readUInt32BE(2) !== dictionaryChecksum) {
        throw new HeaderBlockError('the headers are not compressed with the dictionary of SPDY/3');
      }
      this.#begun = true;
      compressed = block.subarray(6);
    }
    return readPlain(this.#inflater.inflate(compressed));
  }
}

function readPlain(plain: Buffer): SpdyHeaders {
  let at = 0;
  const number = (): number => {
    if (at + 4 > plain.length) throw new HeaderBlockError('the header block is cut short');
    at += 4;
    return plain.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const end = number() + at;
    if (end > plain.length) throw new HeaderBlockError('the header block is cut short');
    const found = plain.toString('utf8', at, end);
    at = end;
    return found;
  };
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (let left = number(); left > 0; left--) {
    const name = text().toLowerCase();
    const values = text().split('\0');
    headers[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return headers;
}

/** The first value of a header. */
export function firstOf(headers: SpdyHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
