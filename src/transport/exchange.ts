/** One request and its answer, the same for HTTP/1.1 and HTTP/2. What a server's handlers see of the wire. */
import type { Duplex } from 'node:stream';

export interface RequestHeaders {
  /** By lower-case name; several values come joined with ', '. */
  get(name: string): string | undefined;
  /** Every value in the order sent, unjoined: for headers whose values mean something each. */
  all(name: string): readonly string[];
  /** Lower-case names that begin with `prefix`, each as often as it was sent. */
  startingWith(prefix: string): readonly string[];
  /** Name and value in turn, as sent; HTTP/2's pseudo headers are left out and `:authority` is `host`. */
  pairs(): readonly string[];
}

export interface Peer {
  readonly address: string;
  /** DER of the client's certificate; present only when it was verified against the listener's client CA. */
  readonly certificate?: Uint8Array | undefined;
  /** The client showed a certificate that the client CA did not sign, or that is not in its time. */
  readonly refusedCertificate?: boolean | undefined;
}

/** A header given several times has a list. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface Upgrade {
  readonly socket: Duplex;
  /** What the client sent behind the request's head. */
  readonly head: Buffer;
}

export interface ResponseStream {
  /** False when the caller should wait for `drained` before writing more. Once the peer is gone it does nothing. */
  write(chunk: Buffer): boolean;
  /** Resolves when there is room again or the peer is gone. */
  drained(): Promise<void>;
  end(): void;
  /** Ends in a way that the peer sees as an error. */
  destroy(): void;
  readonly closed: boolean;
}

export interface Exchange {
  readonly method: string;
  /** Undecoded, without the query. */
  readonly rawPath: string;
  /** What follows the question mark, or ''. */
  readonly query: string;
  readonly headers: RequestHeaders;
  readonly peer: Peer;
  readonly protocol: 'h1' | 'h2';
  /** Whether the connection is TLS. */
  readonly secure: boolean;
  /**
   * Aborts with ClientGoneError when the client leaves before the answer is complete, with ServerClosingError when the
   * listener closes: at once for answers that stream and for upgrades, for others when the grace is over.
   */
  readonly signal: AbortSignal;
  /** The whole body. Throws BodyTooLargeError past the listener's limit, BodyTimeoutError, ClientGoneError. Once; not after bodyStream. */
  readBody(): Promise<Buffer>;
  /** The body as it comes, without limit. Once; not after readBody. */
  bodyStream(): AsyncIterable<Buffer>;
  /** Answers in one piece. Throws when already answered; does nothing once the client is gone. */
  respond(status: number, headers: ResponseHeaders, body?: Buffer | string): void;
  /** Begins an answer of unknown length; the head is sent at once. */
  stream(status: number, headers: ResponseHeaders): ResponseStream;
  /** Whether `respond`, `stream` or `claim` was called. */
  readonly answered: boolean;
  /** Marks the request as answered by other means: on the socket of its upgrade. Throws when already answered. */
  claim(): void;
  /** Present when the client asked for another protocol (HTTP/1.1): `claim` and answer on the socket, or refuse with `respond`. */
  readonly upgrade?: Upgrade | undefined;
}

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  readonly limit: number;

  constructor(limit: number) {
    super(`the request body is larger than ${limit} bytes`);
    this.limit = limit;
  }
}

export class BodyTimeoutError extends Error {
  override readonly name = 'BodyTimeoutError';
}

export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

export class ServerClosingError extends Error {
  override readonly name = 'ServerClosingError';
}
