/** The frames of SPDY/3.1 as bytes, and a parser that takes bytes as they come. Header blocks stay compressed here. */

export type Frame =
  | { readonly type: 'syn-stream'; readonly id: number; readonly fin: boolean; readonly unidirectional: boolean; readonly block: Buffer }
  | { readonly type: 'syn-reply'; readonly id: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: 'headers'; readonly id: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: 'rst-stream'; readonly id: number; readonly status: number }
  | { readonly type: 'settings'; readonly values: ReadonlyMap<number, number> }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'go-away'; readonly lastId: number; readonly status: number }
  | { readonly type: 'window-update'; readonly id: number; readonly delta: number }
  /** A piece of a DATA frame, in order; `fin` comes with the last one. */
  | { readonly type: 'data'; readonly id: number; readonly fin: boolean; readonly data: Buffer };

export const resetStatus = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5, internalError: 6, flowControlError: 7 } as const;

export const initialWindowSetting = 7;

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

const kind = { synStream: 1, synReply: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const;
const finFlag = 1;
const unidirectionalFlag = 2;
/** Control frames beyond this are an attack or nonsense. DATA frames may have any size: they are not collected. */
const maxControlLength = 256 * 1024;

function control(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(payload.length, 4);
  head[4] = flags;
  return Buffer.concat([head, payload]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value >>> 0, i * 4));
  return bytes;
}

export const encodeFrame = {
  synStream: (id: number, fin: boolean, block: Buffer): Buffer => control(kind.synStream, fin ? finFlag : 0, Buffer.concat([words(id, 0), Buffer.alloc(2), block])),
  synReply: (id: number, fin: boolean, block: Buffer): Buffer => control(kind.synReply, fin ? finFlag : 0, Buffer.concat([words(id), block])),
  headers: (id: number, fin: boolean, block: Buffer): Buffer => control(kind.headers, fin ? finFlag : 0, Buffer.concat([words(id), block])),
  rstStream: (id: number, status: number): Buffer => control(kind.rstStream, 0, words(id, status)),
  ping: (id: number): Buffer => control(kind.ping, 0, words(id)),
  goAway: (lastId: number, status: number): Buffer => control(kind.goAway, 0, words(lastId, status)),
  windowUpdate: (id: number, delta: number): Buffer => control(kind.windowUpdate, 0, words(id, delta)),
  settings: (values: ReadonlyMap<number, number>): Buffer => control(kind.settings, 0, words(values.size, ...[...values].flat())),
  /** The head of a DATA frame; `length` bytes follow. */
  dataHead: (id: number, fin: boolean, length: number): Buffer => {
    const head = words(id & 0x7fffffff, length);
    head[4] = fin ? finFlag : 0;
    return head;
  },
};

/** Keeps at most one incomplete control frame. After a FrameError the connection cannot go on. */
export class FrameParser {
  #held: Buffer = Buffer.alloc(0);
  #data: { id: number; fin: boolean; left: number } | undefined;

  /** The frames that `chunk` completes, in order. */
  *push(chunk: Buffer): Generator<Frame, void, undefined> {
    let bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    this.#held = Buffer.alloc(0);
    while (bytes.length > 0) {
      if (this.#data) {
        const { id, fin, left } = this.#data;
        const data = bytes.subarray(0, left);
        bytes = bytes.subarray(data.length);
        this.#data = data.length < left ? { id, fin, left: left - data.length } : undefined;
        yield { type: 'data', id, fin: fin && this.#data === undefined, data };
        continue;
      }
      if (bytes.length < 8) break;
      const flags = bytes[4] ?? 0;
      const length = bytes.readUIntBE(5, 3);
      if (((bytes[0] ?? 0) & 0x80) === 0) {
        const id = bytes.readUInt32BE(0);
        const fin = (flags & finFlag) !== 0;
        bytes = bytes.subarray(8);
        if (length > 0) this.#data = { id, fin, left: length };
        else yield { type: 'data', id, fin, data: Buffer.alloc(0) };
        continue;
      }
      if ((bytes.readUInt16BE(0) & 0x7fff) !== 3) throw new FrameError('not SPDY version 3');
      if (length > maxControlLength) throw new FrameError('control frame too large');
      if (bytes.length < 8 + length) break;
      const frame = readControl(bytes.readUInt16BE(2), flags, bytes.subarray(8, 8 + length));
      bytes = bytes.subarray(8 + length);
      if (frame) yield frame;
    }
    // A copy: the chunk may be a slice of a large pool.
    this.#held = Buffer.from(bytes);
  }
}

/** Frames of unknown types are to be passed over. */
function readControl(type: number, flags: number, payload: Buffer): Frame | undefined {
  const fin = (flags & finFlag) !== 0;
  const word = (index: number): number => {
    if (payload.length < index * 4 + 4) throw new FrameError('control frame too short');
    return payload.readUInt32BE(index * 4);
  };
  const id = (): number => word(0) & 0x7fffffff;
  switch (type) {
    case kind.synStream:
      if (payload.length < 10) throw new FrameError('control frame too short');
      return { type: 'syn-stream', id: id(), fin, unidirectional: (flags & unidirectionalFlag) !== 0, block: payload.subarray(10) };
    case kind.synReply:
      return { type: 'syn-reply', id: id(), fin, block: payload.subarray(4) };
    case kind.headers:
      return { type: 'headers', id: id(), fin, block: payload.subarray(4) };
    case kind.rstStream:
      return { type: 'rst-stream', id: id(), status: word(1) };
    case kind.ping:
      return { type: 'ping', id: word(0) };
    case kind.goAway:
      return { type: 'go-away', lastId: id(), status: payload.length >= 8 ? word(1) : 0 };
    case kind.windowUpdate:
      return { type: 'window-update', id: id(), delta: word(1) & 0x7fffffff };
    case kind.settings: {
      const values = new Map<number, number>();
      for (let i = 0, count = word(0); i < count; i++) values.set(word(1 + i * 2) & 0xffffff, word(2 + i * 2));
      return { type: 'settings', values };
    }
    default:
      return undefined;
  }
}
