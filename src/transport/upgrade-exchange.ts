/** An HTTP/1.1 request that asks for another protocol. The handler takes the socket over, or refuses with a plain answer. */
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { BaseExchange } from './base-exchange.ts';
import type { ExchangeOwner } from './base-exchange.ts';
import type { Exchange, Peer, ResponseHeaders, ResponseStream, Upgrade } from './exchange.ts';
import { flatten, ignore, lengthOf } from './http1-exchange.ts';
import { WritableResponse } from './writable-response.ts';

export class UpgradeExchange extends BaseExchange implements Exchange {
  readonly protocol = 'h1';
  readonly upgrade: Upgrade;
  /** Refused, or answered as if no upgrade had been asked for. */
  #isPlain = false;

  constructor(owner: ExchangeOwner, request: IncomingMessage, upgrade: Upgrade, peer: Peer, secure: boolean) {
    super(owner, { method: request.method ?? 'GET', target: request.url ?? '/', rawHeaders: request.rawHeaders, peer, secure });
    this.upgrade = upgrade;
    this.endless = true;
    upgrade.socket.on('error', ignore);
    // Who took the socket over does not complete an answer: it ends when the client leaves, in whatever order.
    upgrade.socket.on('close', () => this.finished(this.#isPlain && upgrade.socket.writableFinished));
  }

  /** Requests for an upgrade have no body. */
  readBody(): Promise<Buffer> {
    return Promise.resolve(Buffer.alloc(0));
  }

  async *bodyStream(): AsyncIterable<Buffer> {
    // Empty.
  }

  respond(status: number, headers: ResponseHeaders, body?: Buffer | string): void {
    this.claim();
    this.#isPlain = true;
    const { socket } = this.upgrade;
    if (socket.destroyed) return;
    socket.write(responseHead(status, [...flatten(headers), 'content-length', String(lengthOf(body)), 'connection', 'close']));
    socket.end(this.method === 'HEAD' ? undefined : body);
    socket.resume();
  }

  stream(status: number, headers: ResponseHeaders): ResponseStream {
    this.claim();
    this.#isPlain = true;
    const { socket } = this.upgrade;
    socket.write(responseHead(status, [...flatten(headers), 'connection', 'close']));
    socket.resume();
    return new WritableResponse(socket, () => socket.destroy());
  }
}

/** The bytes of a response's head, from names and values in turn. */
export function responseHead(status: number, flat: readonly string[], reason = STATUS_CODES[status] ?? ''): string {
  let head = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (let i = 0; i < flat.length; i += 2) head += `${flat[i] ?? ''}: ${(flat[i + 1] ?? '').replace(/[\r\n]+/g, ' ')}\r\n`;
  return `${head}\r\n`;
}

/** Claims the exchange, answers 101 and gives its socket, which from here on speaks the new protocol. */
export function switchProtocols(exchange: Exchange, headers: ResponseHeaders): Upgrade {
  if (!exchange.upgrade) throw new TypeError('the request asks for no upgrade');
  exchange.claim();
  exchange.upgrade.socket.write(responseHead(101, flatten(headers)));
  return exchange.upgrade;
}
