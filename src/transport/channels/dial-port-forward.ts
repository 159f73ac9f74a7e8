/** Asking a streaming server over SPDY to connect to ports of a Pod. */
import type { Duplex, Readable } from 'node:stream';
import { SpdyConnection } from '../spdy/spdy-connection.ts';
import { dialUpgrade } from './dial-upgrade.ts';
import type { DialTarget } from './dial-upgrade.ts';
import { portForwardProtocol } from './port-forward.ts';

export interface PortForwarder {
  /** Opens one connection to a port. `error` carries what went wrong, in words, and ends with the connection. */
  open(port: number): Promise<{ readonly data: Duplex; readonly error: Readable }>;
  readonly closed: Promise<void>;
  close(): void;
}

export async function dialPortForward(target: DialTarget): Promise<PortForwarder> {
  const { socket, head } = await dialUpgrade({ ...target, headers: { ...target.headers, 'x-stream-protocol-version': portForwardProtocol } }, 'SPDY/3.1');
  const connection = new SpdyConnection(socket, { side: 'client', head });
  let requests = 0;
  return {
    async open(port) {
      const headers = { port: String(port), requestid: String(requests++) };
      const error = connection.openStream({ ...headers, streamtype: 'error' });
      await error.replied;
      error.end();
      const data = connection.openStream({ ...headers, streamtype: 'data' });
      await data.replied;
      return { data, error };
    },
    closed: connection.closed,
    close: () => connection.destroy(),
  };
}
