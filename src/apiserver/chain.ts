/**
 * The way of a request, in order. Every request takes it, from the network or from inside the process; each filter is a file of its
 * own in filters/. The context (path, audit id) is made first, so that even a refusal can be told apart in the log.
 */
import { randomUUID } from 'node:crypto';
import { StatusError, internalError } from '../apimachinery/status-error.ts';
import type { AnyObject } from '../apimachinery/object.ts';
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import { parseRequest, type RequestInfo } from './request-info.ts';
import type { ApiRequest, ApiResponse, Filter, FlowIdentity, Handler, IncomingRequest, Peer, RequestHeaders, UserInfo } from './request.ts';

export interface ChainResult {
  readonly response: ApiResponse;
  readonly warnings: readonly string[];
  readonly auditId: string;
  readonly flow?: FlowIdentity | undefined;
}

export type Chain = (incoming: IncomingRequest) => Promise<ChainResult>;

const nobody: UserInfo = { name: '', groups: [] };

/** Never rejects: errors become a Status answer, and what is no StatusError is logged with its stack. */
export function buildChain(filters: readonly Filter[], handler: Handler, logger: Logger): Chain {
  const run = filters.reduceRight<Handler>((next, filter) => (request) => filter(request, next), handler);
  return async (incoming) => {
    const warnings: string[] = [];
    const auditId = incoming.headers.get('audit-id') ?? randomUUID();
    let request: ApiRequest | undefined;
    try {
      const info = parseRequest(incoming.method, incoming.path, incoming.query);
      request = new RequestOnItsWay(incoming, info, auditId, warnings);
      const response = await run(request);
      return { response, warnings, auditId, flow: request.flow };
    } catch (error) {
      if (!(error instanceof StatusError)) logger.error('request failed', { path: incoming.path, method: incoming.method, error: error instanceof Error ? error.stack : String(error) });
      return { response: errorResponse(error), warnings, auditId, flow: request?.flow };
    }
  };
}

/** What came in, and what is found out about it. A class, so that all requests have one form and signals are made only when asked for. */
class RequestOnItsWay implements ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: RequestHeaders;
  readonly peer: Peer;
  readonly object: AnyObject | undefined;
  readonly identity: UserInfo | undefined;
  readonly exchange: IncomingRequest['exchange'];
  readonly info: RequestInfo;
  readonly auditId: string;
  readonly warnings: string[];
  user: UserInfo;
  flow: FlowIdentity | undefined = undefined;
  readonly #incoming: IncomingRequest;

  constructor(incoming: IncomingRequest, info: RequestInfo, auditId: string, warnings: string[]) {
    this.method = incoming.method;
    this.path = incoming.path;
    this.query = incoming.query;
    this.headers = incoming.headers;
    this.peer = incoming.peer;
    this.object = incoming.object;
    this.identity = incoming.identity;
    this.exchange = incoming.exchange;
    this.info = info;
    this.auditId = auditId;
    this.warnings = warnings;
    this.user = incoming.identity ?? nobody;
    this.#incoming = incoming;
  }

  get signal(): AbortSignal {
    return this.#incoming.signal;
  }

  readBody(): Promise<Uint8Array> {
    return this.#incoming.readBody();
  }
}

export function errorResponse(error: unknown): ApiResponse {
  const failure = error instanceof StatusError ? error : internalError(messageOf(error), error);
  return { type: 'object', status: failure.code, served: undefined, object: failure.status as unknown as AnyObject };
}
