/** An exchange over node:http. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BaseExchange } from './base-exchange.ts';
import type { ExchangeOwner } from './base-exchange.ts';
import type { Exchange, Peer, ResponseHeaders, ResponseStream } from './exchange.ts';
import { collectBody } from './request-body.ts';
import { WritableResponse } from './writable-response.ts';

export class Http1Exchange extends BaseExchange implements Exchange {
  readonly protocol = 'h1';
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(owner: ExchangeOwner, request: IncomingMessage, response: ServerResponse, peer: Peer, secure: boolean) {
    super(owner, { method: request.method ?? 'GET', target: request.url ?? '/', rawHeaders: request.rawHeaders, peer, secure });
    this.#request = request;
    this.#response = response;
    response.on('error', ignore);
    response.on('close', () => {
      this.finished(response.writableFinished);
      // A streamed answer's head promised to keep the connection before anyone knew that it would be the last.
      if (owner.stopping) request.socket.destroySoon();
    });
  }

  readBody(): Promise<Buffer> {
    return collectBody(this.#request, this.owner.limits);
  }

  bodyStream(): AsyncIterable<Buffer> {
    return this.#request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  }

  respond(status: number, headers: ResponseHeaders, body?: Buffer | string): void {
    this.claim();
    const response = this.#response;
    if (response.destroyed) return;
    const head = flatten(headers);
    if (status >= 200 && status !== 204 && status !== 304) head.push('content-length', String(lengthOf(body)));
    this.#closeWhenNeeded(head);
    response.writeHead(status, head);
    response.end(body);
  }

  stream(status: number, headers: ResponseHeaders): ResponseStream {
    this.claim();
    this.endless = true;
    const response = this.#response;
    if (!response.destroyed) {
      const head = flatten(headers);
      this.#closeWhenNeeded(head);
      response.writeHead(status, head);
      response.flushHeaders();
    }
    return new WritableResponse(response, () => response.destroy());
  }

  /** A body that was given up half-read would be read as the next request; a stopping server wants no next one. */
  #closeWhenNeeded(head: string[]): void {
    const unread = !this.#request.complete && this.#request.isPaused();
    if (unread || this.owner.stopping) head.push('connection', 'close');
  }
}

export function ignore(): void {
  // The 'close' event that follows says all that matters.
}

/** Name and value in turn; `content-length` is the transport's to write. */
export function flatten(headers: ResponseHeaders): string[] {
  const flat: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') flat.push(name, value);
    else if (value) for (const each of value) flat.push(name, each);
  }
  return flat;
}

export function lengthOf(body: Buffer | string | undefined): number {
  return body === undefined ? 0 : Buffer.byteLength(body);
}
