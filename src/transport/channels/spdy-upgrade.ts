/** Agreeing on SPDY/3.1 and on the protocol inside it. Upstream: k8s.io/apimachinery/pkg/util/httpstream/httpstream.go */
import type { Exchange } from '../exchange.ts';
import { SpdyConnection } from '../spdy/spdy-connection.ts';
import type { SpdyStream } from '../spdy/spdy-stream.ts';
import { switchProtocols } from '../upgrade-exchange.ts';

const protocolHeader = 'x-stream-protocol-version';

/** The request could not be agreed on; it is answered already. */
export class NegotiationError extends Error {
  override readonly name = 'NegotiationError';
}

export function asksForSpdy(exchange: Exchange): boolean {
  return exchange.upgrade !== undefined && exchange.headers.get('upgrade')?.toLowerCase() === 'spdy/3.1';
}

/**
 * Picks the first protocol the client names that is in `supported` ('' when it names none, as the oldest do) and upgrades.
 * Answers 403 and throws NegotiationError when there is none in common.
 */
export function acceptSpdy(exchange: Exchange, supported: readonly string[], onStream: (stream: SpdyStream) => void): { connection: SpdyConnection; protocol: string } {
  const offered = exchange.headers.all(protocolHeader).flatMap((value) => value.split(',').map((each) => each.trim()));
  const protocol = offered.length === 0 ? '' : offered.find((each) => supported.includes(each));
  if (protocol === undefined) {
    exchange.respond(403, { 'content-type': 'text/plain; charset=utf-8', 'x-accepted-stream-protocol-versions': supported }, `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${supported.join(' ')}]\n`);
    throw new NegotiationError('no stream protocol in common');
  }
  const { socket, head } = switchProtocols(exchange, {
    connection: 'Upgrade', upgrade: 'SPDY/3.1', ...(protocol === '' ? {} : { 'x-stream-protocol-version': protocol }),
  });
  return { connection: new SpdyConnection(socket, { side: 'server', head, onStream }), protocol };
}
