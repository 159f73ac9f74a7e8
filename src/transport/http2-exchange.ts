/** An exchange over a stream of node:http2. */
import { constants } from 'node:http2';
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { BaseExchange } from './base-exchange.ts';
import type { ExchangeOwner } from './base-exchange.ts';
import type { Exchange, Peer, ResponseHeaders, ResponseStream } from './exchange.ts';
import { ignore, lengthOf } from './http1-exchange.ts';
import { collectBody } from './request-body.ts';
import { WritableResponse } from './writable-response.ts';

export interface Http2Request {
  readonly stream: ServerHttp2Stream;
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  /** Whether the request has no body. */
  readonly ended: boolean;
}

export class Http2Exchange extends BaseExchange implements Exchange {
  readonly protocol = 'h2';
  readonly #stream: ServerHttp2Stream;
  readonly #ended: boolean;
  #bodyTaken = false;
  #answer: WritableResponse | undefined;

  constructor(owner: ExchangeOwner, request: Http2Request, peer: Peer, secure: boolean) {
    super(owner, { method: request.method, target: request.target, rawHeaders: request.rawHeaders, peer, secure });
    const { stream } = request;
    this.#stream = stream;
    this.#ended = request.ended;
    stream.on('error', ignore);
    // A stream that the client cancels is finished by Node: that alone does not make a streamed answer complete.
    stream.on('close', () => this.finished(stream.writableFinished && (this.#answer?.complete ?? true)));
  }

  readBody(): Promise<Buffer> {
    this.#bodyTaken = true;
    return collectBody(this.#stream, this.owner.limits);
  }

  bodyStream(): AsyncIterable<Buffer> {
    this.#bodyTaken = true;
    return this.#stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  }

  respond(status: number, headers: ResponseHeaders, body?: Buffer | string): void {
    this.claim();
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    const head = this.#head(status, headers);
    if (status !== 204 && status !== 304) head['content-length'] = lengthOf(body);
    const empty = lengthOf(body) === 0 || this.method === 'HEAD' || status === 204 || status === 304;
    stream.respond(head, empty ? { endStream: true } : undefined);
    if (!empty) stream.end(body);
    this.#leaveBody();
  }

  stream(status: number, headers: ResponseHeaders): ResponseStream {
    this.claim();
    this.endless = true;
    const stream = this.#stream;
    if (!stream.destroyed && !stream.closed) stream.respond(this.#head(status, headers), this.method === 'HEAD' ? { endStream: true } : undefined);
    if (this.#ended && !this.#bodyTaken) stream.resume();
    this.#answer = new WritableResponse(stream, () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    return this.#answer;
  }

  #head(status: number, headers: ResponseHeaders): OutgoingHttpHeaders {
    const head: OutgoingHttpHeaders = { ':status': status };
    for (const name in headers) {
      const value = headers[name];
      const key = name.toLowerCase();
      if (connectionHeaders.has(key)) continue;
      head[key] = typeof value === 'string' ? value : value?.slice();
    }
    return head;
  }

  /** A stream closes when both sides are done: one whose body nobody wants is told so. */
  #leaveBody(): void {
    const stream = this.#stream;
    if (this.#ended) {
      if (!this.#bodyTaken) stream.resume();
      return;
    }
    if (stream.readableEnded) return;
    stream.resume();
    const stop = (): void => {
      if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    };
    if (stream.writableFinished) stop();
    else stream.once('finish', stop);
  }
}

/** Headers about an HTTP/1.1 connection, which HTTP/2 forbids. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'content-length']);
