/**
 * Passing an exchange on to an HTTP backend and its answer back: the API server before kubelets, Pods, Services and
 * aggregated APIs. What the path becomes and which headers go along is the caller's decision.
 * Upstream: k8s.io/apimachinery/pkg/util/proxy
 */
import { Agent as PlainAgent, request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as SecureAgent, request as requestSecure } from 'node:https';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf, messageOf } from '../base/errors.ts';
import type { Exchange, ResponseHeaders } from './exchange.ts';
import { forwardedHeaders, hasBody, returnedHeaders } from './proxy-headers.ts';
import { responseHead } from './upgrade-exchange.ts';

export interface ProxyTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
  /** As it is to be sent: raw path and query. */
  readonly path: string;
  /** Undefined: plain HTTP. */
  readonly tls?: { readonly servername?: string } | undefined;
  /** Set over those of the client; undefined removes one. `host` defaults to the target's. Names in lower case. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Connects in some other way, for example through a tunnel. */
  readonly connect?: () => Duplex;
  /** What to throw, in place of passing it back, for an answer that is no success; `body` is its beginning. */
  readonly refused?: (status: number, body: string) => Error;
}

/** The backend could not be reached or broke off before it answered; nothing was sent to the client yet. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** 503: it could not be reached; 502: it broke off. */
  readonly status: 502 | 503;

  constructor(status: 502 | 503, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface ReverseProxy {
  /** Resolves when the exchange is over. Throws ProxyError while the exchange is still unanswered. */
  forward(exchange: Exchange, target: ProxyTarget): Promise<void>;
  /** Closes idle connections and those in use. */
  close(): void;
}

/** Connections to backends are kept and used again; `tls` counts for all secure ones. */
export function createReverseProxy(tls: ProxyTls = {}): ReverseProxy {
  const plain = new PlainAgent({ keepAlive: true, maxFreeSockets: 64 });
  const secure = new SecureAgent({ keepAlive: true, maxFreeSockets: 64, ALPNProtocols: ['http/1.1'], ...tls });
  const upgraded = new Set<Duplex>();

  const begin = (exchange: Exchange, target: ProxyTarget): ClientRequest => {
    const { connect } = target;
    const options: RequestOptions & { servername?: string } = {
      host: target.host,
      port: target.port,
      path: target.path,
      method: exchange.method,
      headers: forwardedHeaders(exchange, target),
      ...(connect ? { createConnection: () => connect(), agent: undefined } : { agent: exchange.upgrade ? false : target.tls ? secure : plain }),
    };
    if (!target.tls) return requestPlain(options);
    return requestSecure({ ...options, ...(target.tls.servername === undefined ? {} : { servername: target.tls.servername }), ...(exchange.upgrade ? tls : {}) });
  };

  return {
    async forward(exchange, target) {
      const request = begin(exchange, target);
      const abandon = (): void => void request.destroy();
      exchange.signal.addEventListener('abort', abandon, { once: true });
      try {
        const answer = await send(exchange, request);
        if (target.refused && isRefusal(answer)) throw target.refused(answer.response.statusCode ?? 502, await beginning(answer.response));
        if (answer.socket) await splice(exchange, answer.response, answer.socket, answer.head, upgraded);
        else await passBack(exchange, answer.response);
      } finally {
        exchange.signal.removeEventListener('abort', abandon);
      }
    },
    close() {
      plain.destroy();
      secure.destroy();
      for (const socket of upgraded) socket.destroy();
    },
  };
}

interface Answer {
  readonly response: IncomingMessage;
  /** Present when the backend switched protocols. */
  readonly socket?: Duplex;
  readonly head: Buffer;
}

const none = Buffer.alloc(0);
const unreachable = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNABORTED']);

function send(exchange: Exchange, request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('response', (response) => resolve({ response, head: none }));
    request.on('upgrade', (response, socket, head) => resolve({ response, socket, head }));
    request.on('error', (cause) => {
      const status = unreachable.has(codeOf(cause) ?? '') ? 503 : 502;
      reject(new ProxyError(status, `error trying to reach service: ${messageOf(cause)}`, { cause }));
    });
    if (!exchange.upgrade && hasBody(exchange)) {
      // A body that breaks off breaks the request off, whose error is the one that counts.
      pipeline(exchange.bodyStream(), request).catch((error: unknown) => request.destroy(error instanceof Error ? error : undefined));
    } else {
      request.end();
    }
  });
}

const isRefusal = ({ response: { statusCode = 502 }, socket }: Answer): boolean => socket === undefined && (statusCode < 200 || statusCode > 206);

const mostOfRefusal = 50_000;

async function beginning(response: IncomingMessage): Promise<string> {
  let body = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    body += chunk;
    if (body.length >= mostOfRefusal) break;
  }
  return body.slice(0, mostOfRefusal);
}

async function passBack(exchange: Exchange, response: IncomingMessage): Promise<void> {
  const out = exchange.stream(response.statusCode ?? 502, returnedHeaders(response) as ResponseHeaders);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (out.closed) break;
      if (!out.write(chunk)) await out.drained();
    }
    if (response.complete || out.closed) out.end();
    else out.destroy();
  } catch {
    out.destroy();
  }
}

/** Joins the two sockets; from here on nobody reads along. */
async function splice(exchange: Exchange, response: IncomingMessage, backend: Duplex, head: Buffer, open: Set<Duplex>): Promise<void> {
  const client = exchange.upgrade;
  if (!client) {
    backend.destroy();
    throw new ProxyError(502, 'the service switched protocols unasked');
  }
  exchange.claim();
  open.add(backend);
  backend.on('error', () => client.socket.destroy());
  client.socket.on('error', () => backend.destroy());
  client.socket.write(responseHead(101, response.rawHeaders));
  if (head.length > 0) client.socket.write(head);
  if (client.head.length > 0) backend.write(client.head);
  const cut = (): void => {
    client.socket.destroy();
    backend.destroy();
  };
  exchange.signal.addEventListener('abort', cut, { once: true });
  await Promise.allSettled([pipeline(client.socket, backend, { end: true }), pipeline(backend, client.socket, { end: true })]);
  exchange.signal.removeEventListener('abort', cut);
  open.delete(backend);
  cut();
}
