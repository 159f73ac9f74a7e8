/**
 * Decompressing DEFLATE (RFC 1951) piece by piece and synchronously, each piece a run of whole blocks, as a sync flush
 * leaves them. node:zlib keeps state between pieces only asynchronously, which would put every frame behind a header
 * into a queue; headers are small, so plain code is quick enough and bounds the output itself.
 */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

/** How far back a copy may reach. */
const windowSize = 32768;
const maxCodeLength = 15;

const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const distanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A canonical Huffman code: how many symbols have each length, and the symbols in order of their codes. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(maxCodeLength + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  const next = new Uint16Array(maxCodeLength + 2);
  let room = 1;
  for (let length = 1; length <= maxCodeLength; length++) {
    const count = counts[length] ?? 0;
    room = room * 2 - count;
    if (room < 0) throw new InflateError('the code has too many symbols');
    next[length + 1] = (next[length] ?? 0) + count;
  }
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const at = next[length] ?? 0;
    symbols[at] = symbol;
    next[length] = at + 1;
  });
  return { counts, symbols };
}

const fixedLengths = Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
const fixedLiterals = codeOf(fixedLengths);
const fixedDistances = codeOf(new Array<number>(30).fill(5));

class BitReader {
  readonly #bytes: Buffer;
  #at = 0;
  #bits = 0;
  #held = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Whether only padding of the last byte is left. */
  get atEnd(): boolean {
    return this.#at >= this.#bytes.length && (this.#held === 0 || this.#bits === 0);
  }

  take(count: number): number {
    while (this.#held < count) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new InflateError('the compressed data is cut short');
      this.#bits |= byte << this.#held;
      this.#held += 8;
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#held -= count;
    return value;
  }

  symbol(code: Code): number {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= maxCodeLength; length++) {
      value |= this.take(1);
      const count = code.counts[length] ?? 0;
      if (value - first < count) return code.symbols[index + value - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new InflateError('no such symbol');
  }

  /** Skips to the next byte and takes whole bytes from there. */
  bytes(count: number): Buffer {
    this.#bits = 0;
    this.#held = 0;
    const taken = this.#bytes.subarray(this.#at, this.#at + count);
    if (taken.length < count) throw new InflateError('the compressed data is cut short');
    this.#at += count;
    return taken;
  }
}

export class Inflater {
  readonly #limit: number;
  #window: Buffer;
  #out = Buffer.alloc(0);
  #size = 0;
  #start = 0;

  /** `dictionary` is what copies may refer to before anything was read; `limit` bounds the output of one piece, in bytes. */
  constructor(dictionary: Buffer, limit: number) {
    this.#window = dictionary.subarray(-windowSize);
    this.#limit = limit;
  }

  /** The output of the blocks in `piece`. After an error the inflater is of no further use. */
  inflate(piece: Buffer): Buffer {
    const input = new BitReader(piece);
    this.#start = this.#window.length;
    this.#out = Buffer.alloc(this.#start + 4096);
    this.#window.copy(this.#out);
    this.#size = this.#start;
    while (!input.atEnd) {
      input.take(1);
      this.#block(input, input.take(2));
    }
    const all = this.#out.subarray(0, this.#size);
    this.#window = Buffer.from(all.subarray(-windowSize));
    this.#out = Buffer.alloc(0);
    return all.subarray(this.#start);
  }

  #block(input: BitReader, type: number): void {
    if (type === 0) {
      const lengths = input.bytes(4);
      const size = lengths.readUInt16LE(0);
      if ((size ^ lengths.readUInt16LE(2)) !== 0xffff) throw new InflateError('a stored block names two sizes');
      const stored = input.bytes(size);
      this.#reserve(size);
      stored.copy(this.#out, this.#size);
      this.#size += size;
    } else if (type === 1) {
      this.#codes(input, fixedLiterals, fixedDistances);
    } else if (type === 2) {
      const { literals, distances } = readCodes(input);
      this.#codes(input, literals, distances);
    } else {
      throw new InflateError('no such block type');
    }
  }

  #codes(input: BitReader, literals: Code, distances: Code): void {
    for (;;) {
      const symbol = input.symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.#reserve(1);
        this.#out[this.#size++] = symbol;
        continue;
      }
      const length = (lengthBase[symbol - 257] ?? fail()) + input.take(lengthExtra[symbol - 257] ?? 0);
      const distanceSymbol = input.symbol(distances);
      const distance = (distanceBase[distanceSymbol] ?? fail()) + input.take(distanceExtra[distanceSymbol] ?? 0);
      if (distance > this.#size) throw new InflateError('a copy from before the beginning');
      this.#reserve(length);
      for (let i = 0; i < length; i++) {
        this.#out[this.#size] = this.#out[this.#size - distance] ?? 0;
        this.#size++;
      }
    }
  }

  #reserve(count: number): void {
    const needed = this.#size + count;
    if (needed - this.#start > this.#limit) throw new InflateError(`more than ${this.#limit} bytes`);
    if (needed <= this.#out.length) return;
    const larger = Buffer.alloc(needed * 2);
    this.#out.copy(larger, 0, 0, this.#size);
    this.#out = larger;
  }
}

function fail(): never {
  throw new InflateError('no such symbol');
}

/** The two codes that a block with codes of its own begins with. */
function readCodes(input: BitReader): { literals: Code; distances: Code } {
  const literalCount = input.take(5) + 257;
  const distanceCount = input.take(5) + 1;
  const lengthCount = input.take(4) + 4;
  const ofLengths = new Array<number>(19).fill(0);
  for (const position of codeLengthOrder.slice(0, lengthCount)) ofLengths[position] = input.take(3);
  const lengthCode = codeOf(ofLengths);
  const lengths: number[] = [];
  while (lengths.length < literalCount + distanceCount) {
    const symbol = input.symbol(lengthCode);
    if (symbol < 16) lengths.push(symbol);
    else repeat(lengths, symbol === 16 ? (lengths.at(-1) ?? fail()) : 0, symbol === 16 ? 3 + input.take(2) : symbol === 17 ? 3 + input.take(3) : 11 + input.take(7));
  }
  if (lengths.length > literalCount + distanceCount) throw new InflateError('too many code lengths');
  return { literals: codeOf(lengths.slice(0, literalCount)), distances: codeOf(lengths.slice(literalCount)) };
}

function repeat(lengths: number[], length: number, times: number): void {
  for (let i = 0; i < times; i++) lengths.push(length);
}
