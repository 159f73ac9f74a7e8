/**
 * Port-forward in its three forms: SPDY, SPDY tunnelled in a WebSocket (kubectl since 1.31), and channels of a WebSocket.
 * Upstream: k8s.io/kubelet/pkg/cri/streaming/portforward
 */
import type { Duplex, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Clock } from '../../base/clock.ts';
import { systemClock } from '../../base/clock.ts';
import type { Exchange } from '../exchange.ts';
import { SpdyConnection } from '../spdy/spdy-connection.ts';
import { ForwardPairs } from './forward-pairs.ts';
import { acceptSpdy, asksForSpdy, NegotiationError } from './spdy-upgrade.ts';
import { acceptWebSocket, asksForWebSocket, offeredProtocols } from './websocket.ts';
import { WebSocketChannels } from './websocket-channels.ts';

/** One connection that the client wants made to a port of the Pod. */
export interface ForwardedConnection {
  readonly port: number;
  readonly data: Duplex;
  /** What is written here is shown to the user; its end says that this connection is over. */
  readonly error: Writable;
}

export interface PortForwardSession {
  /** Ends when the client leaves. */
  readonly connections: AsyncIterable<ForwardedConnection>;
  readonly closed: Promise<void>;
  close(): void;
}

export const portForwardProtocol = 'portforward.k8s.io';
const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io';
const channelProtocols = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/** Upgrades the exchange. Throws NegotiationError, with the exchange answered, when the client asks for nothing known. */
export async function acceptPortForward(exchange: Exchange, options: { readonly clock?: Clock } = {}): Promise<PortForwardSession> {
  const pairs = new ForwardPairs(options.clock ?? systemClock);
  if (asksForSpdy(exchange)) {
    const { connection } = acceptSpdy(exchange, [portForwardProtocol], (stream) => pairs.add(stream));
    return sessionOf(connection, pairs);
  }
  if (!asksForWebSocket(exchange)) {
    exchange.respond(400, { 'content-type': 'text/plain; charset=utf-8' }, 'unable to upgrade: missing upgrade headers in request\n');
    throw new NegotiationError('the request asks for no upgrade that is known');
  }
  if (!offeredProtocols(exchange).includes(tunnelProtocol)) return acceptChannels(exchange);
  const { socket } = await acceptWebSocket(exchange, [tunnelProtocol]);
  const { createWebSocketStream } = await import('ws');
  const connection = new SpdyConnection(createWebSocketStream(socket), { side: 'server', onStream: (stream) => pairs.add(stream) });
  return sessionOf(connection, pairs);
}

function sessionOf(connection: SpdyConnection, pairs: ForwardPairs): PortForwardSession {
  void connection.closed.then(() => pairs.end());
  return { connections: pairs.connections(), closed: connection.closed, close: () => connection.end() };
}

/**
 * The ports come in the query; each has a channel for data and one for errors, which begin with the port's number. A channel cannot
 * say that it has ended, so the WebSocket closes when all have.
 */
async function acceptChannels(exchange: Exchange): Promise<PortForwardSession> {
  const ports = new URLSearchParams(exchange.query).getAll('ports').flatMap((value) => value.split(',')).map(Number);
  if (ports.length === 0 || ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65535)) {
    exchange.respond(400, { 'content-type': 'text/plain; charset=utf-8' }, 'query parameter "ports" is required and must hold port numbers\n');
    throw new NegotiationError('no ports to forward');
  }
  const { socket, protocol } = await acceptWebSocket(exchange, channelProtocols);
  const channels = new WebSocketChannels(socket, { base64: protocol.includes('base64.'), closeSignal: false });
  const connections = ports.map((port, i): ForwardedConnection => {
    const [data, error] = [channels.open(i * 2), channels.open(i * 2 + 1)];
    const greeting = Buffer.alloc(2);
    greeting.writeUInt16LE(port);
    for (const stream of [data, error]) stream.write(greeting);
    error.resume();
    return { port, data, error };
  });
  const written = connections.flatMap(({ data, error }) => [data, error]).map((stream) => finished(stream, { readable: false }));
  void Promise.allSettled(written).then(() => channels.close());
  return { connections: thenWait(connections, channels.closed), closed: channels.closed, close: () => channels.close() };
}

async function* thenWait<T>(items: readonly T[], end: Promise<void>): AsyncGenerator<T, void, undefined> {
  yield* items;
  await end;
}
