/** HTTP requests of probes and lifecycle hooks. Certificates are not checked, as upstream does: the Pod is asked by address. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Container, HTTPGetAction } from '../../resources/types/core-v1.ts';
import type { Clock } from '../../base/clock.ts';

export interface HttpAnswer {
  readonly status: number;
  /** At most 10 KiB of it. */
  readonly body: string;
  /** Where an answer sent us to another host: the answer is not followed there. */
  readonly redirectedAway?: boolean | undefined;
}

export interface HttpGetOptions {
  readonly podIP: string;
  readonly container: Container;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** 'kube-probe/1.36' */
  readonly userAgent: string;
}

const maxBody = 10 * 1024;
const maxRedirects = 10;

/** A number, or the name of one of the container's ports. Throws an Error for what is neither. */
export function resolvePort(port: number | string, container: Container): number {
  const number = typeof port === 'number' ? port : /^\d+$/.test(port) ? Number(port) : container.ports?.find(({ name }) => name === port)?.containerPort;
  if (number === undefined || number < 1 || number > 65535) throw new Error(`couldn't resolve container port ${port}`);
  return number;
}

/** Throws an Error worded as Go's HTTP client words it. */
export async function httpGet(action: HTTPGetAction, options: HttpGetOptions): Promise<HttpAnswer> {
  const host = action.host || options.podIP;
  const port = resolvePort(action.port as number | string, options.container);
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = action.path ?? '/';
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  let url = new URL(`${scheme}://${authority}${path.startsWith('/') ? '' : '/'}${path}`);
  const headers = requestHeaders(action, options.userAgent);
  for (let hop = 0; ; hop += 1) {
    const answer = await once(url, headers, options);
    const location = answer.headers.location;
    const status = answer.status;
    if (status < 300 || status >= 400 || location === undefined || hop >= maxRedirects) return { status, body: answer.body };
    const next = new URL(location, url);
    if (next.hostname !== url.hostname) return { status, body: answer.body, redirectedAway: true };
    url = next;
  }
}

function requestHeaders(action: HTTPGetAction, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { 'User-Agent': userAgent, Accept: '*/*', Connection: 'close' };
  for (const { name, value } of action.httpHeaders ?? []) {
    const known = Object.keys(headers).find((header) => header.toLowerCase() === name.toLowerCase());
    if (known) delete headers[known];
    if (value !== '') headers[name] = value;
  }
  return headers;
}

interface RawAnswer extends HttpAnswer {
  readonly headers: IncomingMessage['headers'];
}

function once(url: URL, headers: Record<string, string>, { timeoutMs, clock }: HttpGetOptions): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const settings = { method: 'GET', headers, agent: false, rejectUnauthorized: false, insecureHTTPParser: true } as const;
    const sent = url.protocol === 'https:' ? httpsRequest(url, settings) : httpRequest(url, settings);
    const timer = clock.after(timeoutMs, () => sent.destroy(new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')));
    const fail = (error: NodeJS.ErrnoException): void => {
      timer.cancel();
      reject(new Error(`Get "${url.href}": ${error.code === 'ECONNREFUSED' ? `dial tcp ${url.host}: connect: connection refused` : error.message}`, { cause: error }));
    };
    sent.on('error', fail);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const done = (): void => {
        timer.cancel();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8', 0, maxBody) });
        sent.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= maxBody) done();
      });
      response.on('end', done);
      response.on('error', fail);
    });
    sent.end();
  });
}
