/** The HTTP/2 connections of a listener. */
import { constants, performServerHandshake } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream, ServerOptions } from 'node:http2';
import type { Duplex } from 'node:stream';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { ExchangeOwner } from './base-exchange.ts';
import type { Exchange, Peer } from './exchange.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { idleTimeout, maxHeaderBytes, maxHeaderLines, maxStreams, resetBurst, sessionMemory, streamWindow } from './limits.ts';

const sessionOptions: ServerOptions = {
  maxSessionMemory: sessionMemory,
  maxHeaderListPairs: maxHeaderLines,
  streamResetBurst: resetBurst,
  streamResetRate: resetBurst,
  settings: { maxConcurrentStreams: maxStreams, initialWindowSize: streamWindow, maxHeaderListSize: maxHeaderBytes, enablePush: false },
};

export class Http2Sessions {
  readonly #owner: ExchangeOwner;
  readonly #serve: (exchange: Exchange) => void;
  readonly #logger: Logger;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(owner: ExchangeOwner, serve: (exchange: Exchange) => void, logger: Logger) {
    this.#owner = owner;
    this.#serve = serve;
    this.#logger = logger;
  }

  /** Takes over a TLS connection that agreed on HTTP/2. */
  accept(socket: Duplex, peer: Peer): void {
    const session = performServerHandshake(socket, sessionOptions);
    this.#sessions.add(session);
    let open = 0;
    session.setLocalWindowSize(streamWindow * 16);
    session.on('close', () => this.#sessions.delete(session));
    session.on('error', (error) => this.#logger.debug('HTTP/2 connection failed', { peer: peer.address, error: messageOf(error) }));
    session.setTimeout(idleTimeout, () => {
      if (open === 0) session.close();
    });
    const streamClosed = (): void => void open--;
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, flags: number, rawHeaders: string[]) => {
      open++;
      stream.on('close', streamClosed);
      const method = headers[':method'];
      const target = headers[':path'];
      if (typeof method !== 'string' || typeof target !== 'string') {
        stream.on('error', () => {});
        stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
        return;
      }
      const ended = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
      this.#serve(new Http2Exchange(this.#owner, { stream, method, target, rawHeaders, ended }, peer, true));
    });
  }

  /** Tells clients to begin nothing more here. */
  stop(): void {
    for (const session of this.#sessions) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }
}
