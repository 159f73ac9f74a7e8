/**
 * The listening socket of a server: one TLS port that speaks HTTP/2 and HTTP/1.1, or plain HTTP/1.1.
 * Handlers see Exchange (exchange.ts) and nothing of the protocols.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { systemClock } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import type { Logger } from '../base/log.ts';
import type { ExchangeOwner, LiveExchange } from './base-exchange.ts';
import { ClientGoneError, ServerClosingError } from './exchange.ts';
import type { Exchange, Peer } from './exchange.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { Http2Sessions } from './http2-sessions.ts';
import { maxHeaderBytes } from './limits.ts';
import { UpgradeExchange } from './upgrade-exchange.ts';

export interface ListenerTls {
  /** PEM, with intermediates. */
  readonly cert: string;
  readonly key: string;
  /**
   * PEM bundle. Clients are asked for a certificate and may come without one; `peer.certificate` is set only when it
   * leads to one of these. Whether a listener asks at all is decided when it is created.
   */
  readonly clientCa?: string | undefined;
}

export interface ListenerOptions {
  /** Default: all addresses. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  /** Undefined: plain HTTP/1.1. */
  readonly tls?: ListenerTls | undefined;
  /** What it throws is logged and answered with 500 if nothing was answered yet. */
  readonly handler: (exchange: Exchange) => void | Promise<void>;
  /** For `readBody`. Default: 3 MiB, as upstream. */
  readonly maxBodyBytes?: number;
  /** For `readBody`. Default: 60 s. */
  readonly bodyTimeoutMs?: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export interface Listener {
  readonly port: number;
  readonly address: string;
  /** For new connections; those that exist keep what they agreed on. */
  setTls(tls: ListenerTls): void;
  /** Frees the port, closes idle connections and tells the others that this request is their last. */
  stopAccepting(): void;
  /** Stops accepting, aborts endless exchanges, waits for the others, and cuts what is left after `graceMs` (default 0). */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

export async function createListener(options: ListenerOptions): Promise<Listener> {
  const listener = new HttpListener(options);
  await listener.open();
  return listener;
}

class HttpListener implements Listener, ExchangeOwner {
  readonly limits;
  readonly live = new Set<LiveExchange>();
  stopping = false;
  readonly #options: ListenerOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #setSecureContext: ((tls: ListenerTls) => void) | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #peers = new WeakMap<Duplex, Peer>();
  readonly #sessions: Http2Sessions;
  readonly #serve: (exchange: Exchange) => void;
  #closing: Promise<void> | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    this.limits = { maxBodyBytes: options.maxBodyBytes ?? 3 * 1024 * 1024, bodyTimeoutMs: options.bodyTimeoutMs ?? 60_000, clock: this.#clock };
    this.#serve = (exchange) => void this.#run(exchange);
    this.#sessions = new Http2Sessions(this, this.#serve, this.#logger);
    if (options.tls) {
      const server = createSecureServer({ ...http1Options, ...secureOptions(options.tls), ALPNProtocols: ['h2', 'http/1.1'], handshakeTimeout: 10_000 });
      this.#server = server;
      this.#setSecureContext = (tls) => server.setSecureContext(secureOptions(tls));
      this.#divideByProtocol(server);
    } else {
      this.#server = createServer(http1Options);
    }
    this.#listen();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  get address(): string {
    return (this.#server.address() as AddressInfo | null)?.address ?? this.#options.host ?? '';
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      const { host, port } = this.#options;
      this.#server.listen({ port, ...(host === undefined ? {} : { host }), backlog: 1024 }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#logger.error('listener failed', { error: messageOf(error) }));
        resolve();
      });
    });
  }

  setTls(tls: ListenerTls): void {
    if (!this.#setSecureContext) throw new TypeError('the listener has no TLS');
    this.#setSecureContext(tls);
  }

  stopAccepting(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.#server.close();
    this.#server.closeIdleConnections();
    this.#sessions.stop();
  }

  close(options?: { readonly graceMs?: number }): Promise<void> {
    this.#closing ??= this.#shutDown(options?.graceMs ?? 0);
    return this.#closing;
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.stopAccepting();
    const reason = new ServerClosingError('the server is closing');
    for (const exchange of this.live) if (exchange.endless) exchange.abort(reason);
    await this.#allClosed(graceMs);
    for (const exchange of this.live) exchange.abort(reason);
    this.#sessions.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when every connection is gone, or after `graceMs`. */
  #allClosed(graceMs: number): Promise<void> {
    if (this.#sockets.size === 0 || graceMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#clock.after(graceMs, resolve);
      const check = (): void => {
        if (this.#sockets.size > 0) return;
        timer.cancel();
        resolve();
      };
      for (const socket of this.#sockets) socket.on('close', check);
    });
  }

  #listen(): void {
    const secure = this.#options.tls !== undefined;
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(new Http1Exchange(this, request, response, this.#peerOf(request.socket), secure));
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#serve(new UpgradeExchange(this, request, { socket, head }, this.#peerOf(request.socket), secure));
    });
    this.#server.on('tlsClientError', (error: Error) => this.#logger.debug('TLS handshake failed', { error: messageOf(error) }));
  }

  /** HTTPS servers take every TLS connection for HTTP/1.1: this puts a choice in front. */
  #divideByProtocol(server: Server): void {
    const takeHttp1 = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[];
    server.removeAllListeners('secureConnection');
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') this.#sessions.accept(socket, this.#peerOf(socket));
      else for (const take of takeHttp1) take.call(server, socket);
    });
  }

  #peerOf(socket: Socket): Peer {
    let peer = this.#peers.get(socket);
    if (!peer) {
      const secured = socket as Partial<TLSSocket>;
      const shown = this.#options.tls?.clientCa === undefined ? undefined : secured.getPeerX509Certificate?.()?.raw;
      peer = { address: plainAddress(socket.remoteAddress), certificate: secured.authorized ? shown : undefined, refusedCertificate: shown !== undefined && !secured.authorized };
      this.#peers.set(socket, peer);
    }
    return peer;
  }

  async #run(exchange: Exchange): Promise<void> {
    try {
      await this.#options.handler(exchange);
    } catch (error) {
      if (error instanceof ClientGoneError) return;
      this.#logger.error('request handler failed', { method: exchange.method, path: exchange.rawPath, error: messageOf(error) });
      if (!exchange.answered) exchange.respond(500, { 'content-type': 'text/plain; charset=utf-8' }, 'Internal Server Error\n');
    }
  }
}

/** Longer than client-go keeps idle connections (90 s), so that it is the client who hangs up. */
const keepAliveTimeout = 120_000;

/** Whole uploads may take long; `readBody` has its own limit. Upstream: k8s.io/apiserver/pkg/server/secure_serving.go */
const http1Options: ServerOptions = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 30_000,
  keepAliveTimeout,
  headersTimeout: 32_000,
  requestTimeout: 0,
  maxHeaderSize: maxHeaderBytes,
  // Clients that would upgrade to cleartext HTTP/2 are content with an answer over HTTP/1.1.
  shouldUpgradeCallback: (request) => !/^h2c?\b/i.test(request.headers.upgrade ?? ''),
};

function secureOptions(tls: ListenerTls): { cert: string; key: string; minVersion: 'TLSv1.2'; requestCert: boolean; rejectUnauthorized: boolean; ca?: string } {
  return {
    cert: tls.cert,
    key: tls.key,
    minVersion: 'TLSv1.2',
    requestCert: tls.clientCa !== undefined,
    rejectUnauthorized: false,
    ...(tls.clientCa === undefined ? {} : { ca: tls.clientCa }),
  };
}

/** IPv4 clients of a socket that listens on IPv6 too. */
function plainAddress(address: string | undefined): string {
  return address?.startsWith('::ffff:') ? address.slice(7) : (address ?? '');
}
