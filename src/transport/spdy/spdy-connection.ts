/**
 * SPDY/3.1 over a Duplex that both sides agreed on by an HTTP upgrade: what kubectl before 1.31 and containerd's streaming
 * server speak.
 *
 * Flow control: Kubernetes' and containerd's peers never send WINDOW_UPDATE, so by default windows are not kept (a
 * sender that waited for them would stop after 64 KiB) and slow readers are felt by the connection being read no further,
 * as with them. `flowControl: true` keeps the windows of the protocol, for peers that do.
 * Upstream: github.com/moby/spdystream, k8s.io/apimachinery/pkg/util/httpstream/spdy
 */
import type { Duplex } from 'node:stream';
import { encodeFrame, FrameParser, initialWindowSetting, resetStatus } from './frames.ts';
import type { Frame } from './frames.ts';
import { HeaderDecoder, HeaderEncoder } from './header-block.ts';
import type { SpdyHeaders } from './header-block.ts';
import { SendWindows } from './send-windows.ts';
import { SpdyStream, StreamResetError } from './spdy-stream.ts';
import type { StreamOwner } from './spdy-stream.ts';

export interface SpdyOptions {
  readonly side: 'client' | 'server';
  /** Bytes that came behind the upgrade's head. */
  readonly head?: Buffer;
  /** A stream that the peer opened: reply to it, or reset it. Without it every such stream is refused. */
  readonly onStream?: (stream: SpdyStream) => void;
  readonly flowControl?: boolean;
}

/** Streams open at once; more are refused. */
const maxStreams = 1024;
/** The largest DATA frame that is sent, so that streams take turns. */
const maxData = 64 * 1024;
/** With more than this unsent, in bytes, pings go unanswered: a peer that asks and never reads would fill the memory. */
const maxUnsent = 4 * 1024 * 1024;

export class SpdyConnection implements StreamOwner {
  /** Resolves when the connection is over, for whatever reason. */
  readonly closed: Promise<void>;
  readonly #socket: Duplex;
  readonly #options: SpdyOptions;
  readonly #parser = new FrameParser();
  readonly #encoder = new HeaderEncoder();
  readonly #decoder = new HeaderDecoder();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #behind = new Set<SpdyStream>();
  readonly #windows: SendWindows | undefined;
  readonly #pings = new Map<number, () => void>();
  #nextId: number;
  #nextPing: number;
  #lastPeerId = 0;
  #leaving = false;

  constructor(socket: Duplex, options: SpdyOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#nextId = options.side === 'client' ? 1 : 2;
    this.#nextPing = this.#nextId;
    this.#windows = options.flowControl ? new SendWindows() : undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#endStreams();
      resolve();
    });
    socket.on('end', () => this.#peerEnded());
    if (options.head && options.head.length > 0) socket.unshift(options.head);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /** Opens a stream; it may be written to at once. With `fin` this side sends nothing. */
  openStream(headers: SpdyHeaders, fin = false): SpdyStream {
    const stream = new SpdyStream(this, this.#nextId, headers);
    this.#nextId += 2;
    this.#streams.set(stream.id, stream);
    this.#send(encodeFrame.synStream(stream.id, fin, this.#encoder.encode(headers)));
    if (fin) stream.end();
    return stream;
  }

  /** Resolves when the peer answers. Rejects never: see `closed`. */
  ping(): Promise<void> {
    const id = this.#nextPing;
    this.#nextPing += 2;
    return new Promise((resolve) => {
      this.#pings.set(id, resolve);
      this.#send(encodeFrame.ping(id));
    });
  }

  /** Says goodbye and ends the socket behind what is already written. Streams that are still open end with an error. */
  end(): void {
    if (!this.#leaving) this.#send(encodeFrame.goAway(this.#lastPeerId, 0));
    this.#leaving = true;
    this.#socket.end();
    this.#behind.clear();
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  sendData(stream: SpdyStream, chunks: readonly Buffer[], fin: boolean, done: (error?: Error | null) => void): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) {
      done(new Error('the connection is closed'));
      return;
    }
    if (this.#windows) {
      this.#windows.send(stream.id, chunks, (piece, last, sent) => this.#writeData(stream.id, [piece], fin && last, sent), done);
      return;
    }
    this.#writeData(stream.id, chunks, fin, done);
  }

  #writeData(id: number, chunks: readonly Buffer[], fin: boolean, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    socket.cork();
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += maxData) {
        const piece = chunk.subarray(at, at + maxData);
        socket.write(encodeFrame.dataHead(id, false, piece.length));
        socket.write(piece);
      }
    }
    if (fin) socket.write(encodeFrame.dataHead(id, true, 0));
    process.nextTick(() => socket.uncork());
    if (socket.writableNeedDrain) this.#whenDrained(done);
    else done();
  }

  #whenDrained(done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    const settle = (): void => {
      socket.off('drain', settle).off('close', settle);
      done(socket.destroyed ? new Error('the connection is closed') : null);
    };
    socket.on('drain', settle).on('close', settle);
  }

  sendReply(stream: SpdyStream, headers: SpdyHeaders, fin: boolean): void {
    this.#send(encodeFrame.synReply(stream.id, fin, this.#encoder.encode(headers)));
  }

  sendReset(stream: SpdyStream, status: number): void {
    this.#send(encodeFrame.rstStream(stream.id, status));
  }

  wanted(stream: SpdyStream): void {
    if (this.#behind.delete(stream) && this.#behind.size === 0) this.#socket.resume();
  }

  consumed(stream: SpdyStream, bytes: number): void {
    if (!this.#windows) return;
    this.#send(encodeFrame.windowUpdate(stream.id, bytes));
    this.#send(encodeFrame.windowUpdate(0, bytes));
  }

  forget(stream: SpdyStream): void {
    this.#streams.delete(stream.id);
    this.#windows?.forget(stream.id);
    this.wanted(stream);
  }

  #send(bytes: Buffer): void {
    if (!this.#socket.destroyed && !this.#socket.writableEnded) this.#socket.write(bytes);
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#parser.push(chunk)) this.#take(frame);
    } catch (error) {
      this.#send(encodeFrame.goAway(this.#lastPeerId, resetStatus.protocolError));
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #take(frame: Frame): void {
    switch (frame.type) {
      case 'syn-stream':
        this.#accept(frame);
        return;
      case 'syn-reply':
        this.#takeReply(frame.id, this.#decoder.decode(frame.block), frame.fin);
        return;
      case 'headers':
        this.#decoder.decode(frame.block);
        if (frame.fin) this.#streams.get(frame.id)?.receiveEnd();
        return;
      case 'data':
        this.#takeData(frame);
        return;
      case 'rst-stream':
        this.#streams.get(frame.id)?.receiveReset(new StreamResetError(frame.status));
        return;
      case 'ping':
        this.#takePing(frame.id);
        return;
      case 'window-update':
        this.#windows?.grow(frame.id, frame.delta);
        return;
      case 'settings':
        this.#windows?.initial(frame.values.get(initialWindowSetting));
        return;
      case 'go-away':
        this.#leaving = true;
    }
  }

  #takeReply(id: number, headers: SpdyHeaders, fin: boolean): void {
    this.#streams.get(id)?.receiveReply(headers, fin);
  }

  #accept(frame: Extract<Frame, { type: 'syn-stream' }>): void {
    const headers = this.#decoder.decode(frame.block);
    const peersParity = this.#options.side === 'client' ? 0 : 1;
    if (frame.id % 2 !== peersParity || frame.id <= this.#lastPeerId) throw new Error('the peer used a stream number that is not its to use');
    this.#lastPeerId = frame.id;
    const { onStream } = this.#options;
    if (!onStream || this.#leaving || this.#streams.size >= maxStreams) {
      this.#send(encodeFrame.rstStream(frame.id, resetStatus.refusedStream));
      return;
    }
    const stream = new SpdyStream(this, frame.id, headers);
    this.#streams.set(frame.id, stream);
    if (frame.fin) stream.receiveEnd();
    onStream(stream);
  }

  #takeData(frame: Extract<Frame, { type: 'data' }>): void {
    const stream = this.#streams.get(frame.id);
    // Once this side has ended, reading on is how the end of the other is noticed: nothing is held back, or kept.
    if (!stream || this.#socket.writableEnded || stream.receive(frame.data, frame.fin)) return;
    this.#behind.add(stream);
    this.#socket.pause();
  }

  #takePing(id: number): void {
    const own = id % 2 === this.#nextPing % 2;
    if (!own) {
      if (this.#socket.writableLength < maxUnsent) this.#send(encodeFrame.ping(id));
      return;
    }
    this.#pings.get(id)?.();
    this.#pings.delete(id);
  }

  #peerEnded(): void {
    if (!this.#socket.writableEnded) this.#socket.end();
    this.#endStreams();
  }

  #endStreams(): void {
    for (const stream of [...this.#streams.values()]) stream.receiveReset(new Error('the connection is closed'));
    this.#streams.clear();
  }
}
