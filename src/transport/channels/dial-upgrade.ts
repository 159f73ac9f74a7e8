/** Asking a server over HTTP/1.1 to switch to another protocol. */
import { request as requestPlain } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Duplex } from 'node:stream';

export interface DialTarget {
  readonly url: string | URL;
  /** Default: POST. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** For https. Without `ca` the system's authorities count. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string; readonly rejectUnauthorized?: boolean };
  /** A Unix socket to connect to instead of the URL's host. */
  readonly socketPath?: string;
  readonly signal?: AbortSignal;
}

/** The server answered with something else than the upgrade. */
export class UpgradeRefusedError extends Error {
  override readonly name = 'UpgradeRefusedError';
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`the server refused the upgrade with ${status}: ${body.slice(0, 1000).trim()}`);
    this.status = status;
    this.body = body;
  }
}

export interface Upgraded {
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly headers: IncomingHttpHeaders;
}

/** Throws UpgradeRefusedError, or the socket's error. */
export function dialUpgrade(target: DialTarget, protocol: string): Promise<Upgraded> {
  const url = new URL(target.url);
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const request = (secure ? requestSecure : requestPlain)(url, {
      method: target.method ?? 'POST',
      agent: false,
      headers: { ...target.headers, connection: 'Upgrade', upgrade: protocol, 'content-length': '0' },
      ...(target.socketPath === undefined ? {} : { socketPath: target.socketPath }),
      ...(target.signal && { signal: target.signal }),
      ...(secure ? { ALPNProtocols: ['http/1.1'], ...target.tls } : {}),
    });
    request.on('error', reject);
    request.on('upgrade', (response, socket, head) => resolve({ socket, head, headers: response.headers }));
    request.on('response', (response: IncomingMessage) => {
      response.toArray().then(
        (chunks) => reject(new UpgradeRefusedError(response.statusCode ?? 0, Buffer.concat(chunks as Buffer[]).toString('utf8'))),
        reject,
      );
    });
    request.end();
  });
}
