/**
 * Accepting WebSockets on an upgrade exchange. The package behind is loaded at the first one: starting should not wait for it.
 * Its own choice of subprotocols is not used, since it refuses names with a slash, which Kubernetes has.
 */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Exchange } from '../exchange.ts';
import { NegotiationError } from './spdy-upgrade.ts';

export function asksForWebSocket(exchange: Exchange): boolean {
  return exchange.upgrade !== undefined && exchange.headers.get('upgrade')?.toLowerCase() === 'websocket';
}

export function offeredProtocols(exchange: Exchange): string[] {
  return exchange.headers.all('sec-websocket-protocol').flatMap((value) => value.split(',').map((each) => each.trim()));
}

/** Tokens travel as a subprotocol from browsers, which cannot set headers. */
const bearerPrefix = 'base64url.bearer.authorization.k8s.io.';

/** A message larger than this ends the connection; clients send chunks of 32 KiB. */
const maxMessage = 4 * 1024 * 1024;

/**
 * Upgrades to a WebSocket with the first offered subprotocol that is supported; '' when none is offered.
 * Answers 403 and throws NegotiationError when none of those offered is.
 */
export async function acceptWebSocket(exchange: Exchange, supported: readonly string[]): Promise<{ socket: WebSocket; protocol: string }> {
  const offered = offeredProtocols(exchange);
  const real = offered.filter((each) => !each.startsWith(bearerPrefix));
  const protocol = real.length === 0 ? '' : real.find((each) => supported.includes(each));
  const { upgrade } = exchange;
  if (protocol === undefined || !upgrade) {
    exchange.respond(403, { 'content-type': 'text/plain; charset=utf-8' }, `unable to upgrade: no WebSocket subprotocol of [${offered.join(' ')}] is supported\n`);
    throw new NegotiationError('no WebSocket subprotocol in common');
  }
  exchange.claim();
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxMessage, clientTracking: false });
  server.on('headers', (headers) => {
    if (protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
  });
  const request = { method: exchange.method, headers: headersWithoutProtocols(exchange) } as unknown as IncomingMessage;
  const socket = await new Promise<WebSocket>((resolve, reject) => {
    upgrade.socket.once('close', () => reject(new NegotiationError('the WebSocket handshake failed')));
    server.handleUpgrade(request, upgrade.socket, upgrade.head, resolve);
  });
  socket.on('error', () => {});
  return { socket, protocol };
}

function headersWithoutProtocols(exchange: Exchange): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of ['upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version', 'origin']) {
    const value = exchange.headers.get(name);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
