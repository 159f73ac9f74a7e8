/** Accepting exec and attach in whichever form the client asks for. */
import type { Clock } from '../../base/clock.ts';
import { systemClock } from '../../base/clock.ts';
import type { Exchange } from '../exchange.ts';
import { acceptSpdyCommand } from './remote-command-spdy.ts';
import { acceptWebSocketCommand } from './remote-command-websocket.ts';
import type { RemoteSession, RemoteStreams } from './remote-session.ts';
import { asksForSpdy, NegotiationError } from './spdy-upgrade.ts';
import { asksForWebSocket } from './websocket.ts';

export interface AcceptOptions {
  readonly clock?: Clock;
}

/**
 * Upgrades the exchange and gives the session with the streams asked for. Throws NegotiationError when the client asks
 * for nothing known; the exchange is answered then.
 */
export function acceptRemoteCommand(exchange: Exchange, streams: RemoteStreams, options: AcceptOptions = {}): Promise<RemoteSession> {
  const clock = options.clock ?? systemClock;
  if (asksForWebSocket(exchange)) return acceptWebSocketCommand(exchange, streams);
  if (asksForSpdy(exchange)) return acceptSpdyCommand(exchange, streams, clock);
  exchange.respond(400, { 'content-type': 'text/plain; charset=utf-8' }, 'unable to upgrade: missing upgrade headers in request\n');
  return Promise.reject(new NegotiationError('the request asks for no upgrade that is known'));
}
