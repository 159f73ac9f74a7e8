/**
 * Several streams over one WebSocket: each message begins with the number of its channel, as a byte in binary messages or as
 * a digit before base64 in text messages. Upstream: k8s.io/apimachinery/pkg/util/httpstream/wsstream/conn.go
 */
import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

export interface ChannelOptions {
  readonly base64: boolean;
  /** Whether channel 255 closes the channel that its message names (protocol 5). */
  readonly closeSignal: boolean;
}

const closeChannel = 255;
const normalClosure = 1000;

export class WebSocketChannels {
  /** Resolves when the WebSocket is closed. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #options: ChannelOptions;
  readonly #channels = new Map<number, ChannelStream>();
  readonly #behind = new Set<number>();

  constructor(socket: WebSocket, options: ChannelOptions) {
    this.#socket = socket;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on('close', () => {
      for (const channel of this.#channels.values()) channel.receiveEnd();
      resolve();
    });
  }

  /** The stream of a channel; messages for channels that nobody opened are dropped. */
  open(number: number): Duplex {
    const stream = new ChannelStream(
      (data, done) => this.send(number, data, done),
      () => this.#wanted(number),
    );
    this.#channels.set(number, stream);
    return stream;
  }

  send(number: number, data: Buffer, done: (error?: Error | null) => void = () => {}): void {
    if (this.#socket.readyState !== this.#socket.OPEN) {
      done(new Error('the WebSocket is closed'));
      return;
    }
    if (this.#options.base64) this.#socket.send(`${number}${data.toString('base64')}`, done);
    else this.#socket.send(Buffer.concat([Buffer.from([number]), data]), { binary: true }, done);
  }

  close(): void {
    this.#socket.resume();
    this.#socket.close(normalClosure);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #receive(message: Buffer, isBinary: boolean): void {
    // Once this side has closed, reading on is how the other's answer is noticed: nothing is held back, or kept.
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const encoded = this.#options.base64 && !isBinary;
    const number = (message[0] ?? 0) - (encoded ? 0x30 : 0);
    const data = encoded ? Buffer.from(message.toString('latin1', 1), 'base64') : message.subarray(1);
    if (number === closeChannel && this.#options.closeSignal) {
      this.#channels.get(data[0] ?? -1)?.receiveEnd();
      return;
    }
    if (this.#channels.get(number)?.receive(data) !== false) return;
    this.#behind.add(number);
    this.#socket.pause();
  }

  #wanted(number: number): void {
    if (this.#behind.delete(number) && this.#behind.size === 0) this.#socket.resume();
  }
}

class ChannelStream extends Duplex {
  readonly #send: (data: Buffer, done: (error?: Error | null) => void) => void;
  readonly #wanted: () => void;
  #ended = false;

  constructor(send: (data: Buffer, done: (error?: Error | null) => void) => void, wanted: () => void) {
    super({ readableHighWaterMark: 256 * 1024 });
    this.#send = send;
    this.#wanted = wanted;
    this.on('error', () => {});
  }

  /** False: the reader is behind. */
  receive(data: Buffer): boolean {
    return this.#ended || this.destroyed || data.length === 0 || this.push(data);
  }

  receiveEnd(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.push(null);
  }

  override _read(): void {
    this.#wanted();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wanted();
    done(error);
  }
}
