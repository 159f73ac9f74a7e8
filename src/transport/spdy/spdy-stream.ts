/** One stream of a SPDY connection: a Duplex whose sides end apart. */
import { Duplex } from 'node:stream';
import type { SpdyHeaders } from './header-block.ts';
import { resetStatus } from './frames.ts';

/** What a stream asks of its connection. */
export interface StreamOwner {
  sendData(stream: SpdyStream, chunks: readonly Buffer[], fin: boolean, done: (error?: Error | null) => void): void;
  sendReply(stream: SpdyStream, headers: SpdyHeaders, fin: boolean): void;
  sendReset(stream: SpdyStream, status: number): void;
  /** The reader wants more. */
  wanted(stream: SpdyStream): void;
  consumed(stream: SpdyStream, bytes: number): void;
  forget(stream: SpdyStream): void;
}

/** The peer reset the stream. */
export class StreamResetError extends Error {
  override readonly name = 'StreamResetError';
  readonly status: number;

  constructor(status: number) {
    super(`the peer reset the stream (status ${status})`);
    this.status = status;
  }
}

/** Bytes that wait for a slow reader before the whole connection is held back. */
const readBuffer = 256 * 1024;

export class SpdyStream extends Duplex {
  readonly id: number;
  /** What the opener sent. */
  readonly headers: SpdyHeaders;
  /** Resolves with the peer's SYN_REPLY, rejects when it resets the stream instead. Only for streams opened here. */
  readonly replied: Promise<SpdyHeaders>;
  readonly #owner: StreamOwner;
  readonly #reply = Promise.withResolvers<SpdyHeaders>();
  #remoteEnded = false;
  #localEnded = false;
  #resetStatus: number = resetStatus.cancel;
  #silent = false;
  #broken: Error | undefined;

  constructor(owner: StreamOwner, id: number, headers: SpdyHeaders) {
    super({ readableHighWaterMark: readBuffer, writableHighWaterMark: 64 * 1024 });
    this.#owner = owner;
    this.id = id;
    this.headers = headers;
    this.replied = this.#reply.promise;
    this.replied.catch(() => {});
    this.on('error', () => {});
  }

  /** Accepts a stream that the peer opened. With `fin` this side sends nothing. */
  reply(headers: SpdyHeaders = {}, fin = false): void {
    this.#owner.sendReply(this, headers, fin);
    if (fin) this.#localEnded = true;
  }

  /** Ends both sides at once; the peer sees an error. */
  reset(status: number = resetStatus.cancel): void {
    this.#resetStatus = status;
    this.destroy();
  }

  /** For the connection: what the peer sent. False: the reader is behind. */
  receive(data: Buffer, fin: boolean): boolean {
    if (this.destroyed || this.#remoteEnded) return true;
    const room = data.length === 0 || this.push(data);
    if (data.length > 0) this.#owner.consumed(this, data.length);
    if (fin) this.receiveEnd();
    return room || this.destroyed;
  }

  receiveEnd(): void {
    if (this.#remoteEnded) return;
    this.#remoteEnded = true;
    this.push(null);
  }

  receiveReply(headers: SpdyHeaders, fin: boolean): void {
    this.#reply.resolve(headers);
    if (fin) this.receiveEnd();
  }

  /**
   * The peer, or the connection's end, took the stream away: nothing is sent for it any more. What was received can still
   * be read to its end, since Kubernetes' peers end streams in this way too; writing fails. Readers are told of no error after
   * that end: a pipeline would take it for a reason to drop what its destination has not sent yet.
   */
  receiveReset(error: Error): void {
    this.#silent = true;
    this.#reply.reject(error);
    if (this.#remoteEnded && this.#localEnded) return;
    this.#broken = error;
    this.receiveEnd();
    if (this.readableEnded) this.destroy();
    else this.once('end', () => this.destroy());
  }

  override _read(): void {
    this.#owner.wanted(this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send([chunk], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(chunks.map(({ chunk }) => chunk), done);
  }

  /** An error would throw away what is still to be read: until that is read, what is written goes nowhere. */
  #send(chunks: readonly Buffer[], done: (error?: Error | null) => void): void {
    if (!this.#broken) this.#owner.sendData(this, chunks, false, done);
    else done(this.readableLength === 0 ? this.#broken : null);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#localEnded || this.#broken) {
      done();
      return;
    }
    this.#localEnded = true;
    this.#owner.sendData(this, [], true, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#reply.reject(error ?? new StreamResetError(this.#resetStatus));
    if (!this.#silent && !(this.#remoteEnded && this.#localEnded)) this.#owner.sendReset(this, this.#resetStatus);
    this.#owner.forget(this);
    done(error);
  }
}
