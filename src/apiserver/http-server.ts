/** The API over HTTPS: exchanges from the listener into the handler chain, and answers back as bytes. */
import { promisify } from 'node:util';
import { gzip, type ZlibOptions } from 'node:zlib';
import type { Clock } from '../base/clock.ts';
import { tooLarge } from '../apimachinery/status-error.ts';
import { BodyTooLargeError, type Exchange } from '../transport/exchange.ts';
import { acceptMessages } from '../transport/channels/message-stream.ts';
import { asksForWebSocket } from '../transport/channels/websocket.ts';
import { turn } from '../base/turn.ts';
import { contentTypes, negotiate, type Negotiated } from './negotiation/accept.ts';
import type { ListChunk } from './negotiation/converted-items.ts';
import { encodeList, encodeObject, encodeWatchItem, type Encoder } from './negotiation/encode.ts';
import { includeObjectOf } from './negotiation/table.ts';
import { errorResponse, type Chain, type ChainResult } from './chain.ts';
import { isTrue } from './request-info.ts';
import { warningHeaders } from './warning-headers.ts';
import type { ApiResponse, IncomingRequest, ListResponse, Peer, RawResponse, RequestHeaders, WatchItem, WatchResponse } from './request.ts';

type Headers = Record<string, string | readonly string[]>;

export function createHttpHandler(chain: Chain, clock: Clock): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const request = new RequestOverHttp(exchange);
    const result = await chain(request);
    if (result.response.type === 'hijacked' || exchange.answered) return;
    try {
      await answer(exchange, request, result, clock);
    } catch (error) {
      if (exchange.answered) throw error;
      await answer(exchange, request, { ...result, response: errorResponse(error) }, clock);
    }
  };
}

/** Shared by all requests without a query: nobody changes it. */
const noQuery = new URLSearchParams();

/** A class, since requests are many: all have one form, and the signal is made only when asked for. */
class RequestOverHttp implements IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: RequestHeaders;
  readonly peer: Peer;
  readonly exchange: Exchange;

  constructor(exchange: Exchange) {
    this.method = exchange.method;
    this.path = exchange.rawPath;
    this.query = exchange.query === '' ? noQuery : new URLSearchParams(exchange.query);
    this.headers = exchange.headers;
    this.peer = exchange.peer;
    this.exchange = exchange;
  }

  get signal(): AbortSignal {
    return this.exchange.signal;
  }

  async readBody(): Promise<Uint8Array> {
    try {
      return await this.exchange.readBody();
    } catch (error) {
      if (error instanceof BodyTooLargeError) throw tooLarge(`limit is ${error.limit}`);
      throw error;
    }
  }
}

async function answer(exchange: Exchange, request: IncomingRequest, result: ChainResult, clock: Clock): Promise<void> {
  const { response, warnings } = result;
  const headers: Headers = { 'audit-id': result.auditId, 'cache-control': 'no-cache, private' };
  if (warnings.length > 0) headers['warning'] = warningHeaders(warnings);
  if (result.flow) {
    headers['x-kubernetes-pf-flowschema-uid'] = result.flow.schema;
    headers['x-kubernetes-pf-prioritylevel-uid'] = result.flow.level;
  }
  if (response.type === 'raw') return answerRaw(exchange, response, headers);
  if (response.type === 'hijacked') return;
  const encoder = encoderFor(request, response, clock);
  headers['content-type'] = contentTypeOf(encoder.negotiated, response.type === 'watch');
  switch (response.type) {
    case 'object':
      if (response.status === 401) headers['www-authenticate'] = 'Basic realm="kubernetes-master"';
      addRetryAfter(headers, response.object);
      if (isUnknownPath(response)) return exchange.respond(404, { ...headers, 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }, '404 page not found\n');
      return answerWhole(exchange, response.status, headers, encodeObject(response, encoder));
    case 'list':
      return answerList(exchange, response, encoder, headers);
    case 'watch':
      return answerWatch(exchange, response, encoder, headers);
  }
}

/** Refusals are JSON even where the client's Accept header cannot be met. */
function encoderFor(request: IncomingRequest, response: Exclude<ApiResponse, RawResponse | { type: 'hijacked' }>, clock: Clock): Encoder {
  const custom = response.type !== 'object' ? response.served.definition.builtin === false : response.served?.definition.builtin === false;
  const accept = request.headers.get('accept');
  const pretty = wantsPretty(request);
  const refused = response.type === 'object' && response.status >= 400;
  const negotiated: Negotiated = refused ? orPlain(() => negotiate(accept, { protobuf: true, tables: true }, pretty)) : negotiate(accept, { protobuf: !custom, tables: true }, pretty);
  const plain: Negotiated = response.type === 'object' && response.served === undefined && !(response.columns !== undefined && negotiated.shape === 'table') ? { ...negotiated, shape: 'object' } : negotiated;
  return { negotiated: plain, table: { metaVersion: negotiated.metaVersion, includeObject: includeObjectOf(request.query), now: () => clock.now() } };
}

function orPlain(attempt: () => Negotiated): Negotiated {
  try {
    return attempt();
  } catch {
    return { encoding: 'json', shape: 'object', metaVersion: 'v1', pretty: false };
  }
}

/** People with curl, Wget or a browser get indented JSON. */
function wantsPretty(request: IncomingRequest): boolean {
  const asked = request.query.get('pretty');
  if (asked !== null) return isTrue(asked);
  const agent = request.headers.get('user-agent') ?? '';
  return agent.startsWith('curl') || agent.startsWith('Wget') || agent.startsWith('Mozilla/5.0');
}

function contentTypeOf({ encoding, shape, metaVersion }: Negotiated, watch: boolean): string {
  const base = contentTypes[encoding];
  if (watch) return encoding === 'protobuf' ? `${base};stream=watch` : base;
  if (shape === 'table') return `${base};as=Table;g=meta.k8s.io;v=${metaVersion}`;
  return base;
}

function addRetryAfter(headers: Headers, object: unknown): void {
  const seconds = (object as { details?: { retryAfterSeconds?: number } }).details?.retryAfterSeconds;
  if (seconds !== undefined && seconds > 0) headers['retry-after'] = String(seconds);
}

/** What is no path of ours is answered as Go's servers do, without a Status. */
function isUnknownPath({ status, object }: Extract<ApiResponse, { type: 'object' }>): boolean {
  const { reason, details } = object as { reason?: string; details?: { kind?: string } };
  return status === 404 && reason === 'NotFound' && details !== undefined && details.kind === undefined;
}

/** Compressed for clients on other machines, where it is worth its while. */
async function answerWhole(exchange: Exchange, status: number, headers: Headers, body: Buffer): Promise<void> {
  if (body.length < compressFrom || !wantsGzip(exchange)) return exchange.respond(status, headers, body);
  exchange.respond(status, { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, await compress(body, { level: 1 }));
}

const compress = promisify<Buffer, ZlibOptions, Buffer>(gzip);
const compressFrom = 128 * 1024;

function wantsGzip({ headers, peer }: Exchange): boolean {
  if (isThisMachine(peer.address)) return false;
  return (headers.get('accept-encoding') ?? '').split(',').some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(coding));
}

const isThisMachine = (address: string): boolean => address === '' || address === '::1' || /^(::ffff:)?127\./.test(address);

async function answerList(exchange: Exchange, response: ListResponse, encoder: Encoder, headers: Headers): Promise<void> {
  const chunks = encodeList(response, encoder);
  const first = (await nextChunk(chunks)) ?? Buffer.alloc(0);
  let next = await nextChunk(chunks);
  if (!next) return answerWhole(exchange, 200, headers, first);
  if (wantsGzip(exchange)) {
    const all = [first];
    for (; next; next = await nextChunk(chunks)) all.push(next);
    return answerWhole(exchange, 200, headers, Buffer.concat(all));
  }
  const stream = exchange.stream(200, headers);
  stream.write(first);
  for (; next && !stream.closed; next = await nextChunk(chunks)) {
    if (!stream.write(next)) await stream.drained();
  }
  stream.end();
}

/** Undefined at the end. Lets others go first where the encoder pauses. */
async function nextChunk(chunks: Generator<ListChunk>): Promise<Buffer | undefined> {
  for (;;) {
    const { done, value } = chunks.next();
    if (done) return undefined;
    if (value) return value;
    await turn();
  }
}

/** So many events go into one write: others have their turn while it is sent, also when a watch begins with thousands of objects. */
const mostFrames = 256;

/** Over HTTP the events of one turn go out in one write; over a WebSocket each is a message. */
async function answerWatch(exchange: Exchange, response: WatchResponse, encoder: Encoder, headers: Headers): Promise<void> {
  const socket = asksForWebSocket(exchange);
  const stream = socket ? await acceptMessages(exchange, { text: encoder.negotiated.encoding !== 'protobuf' }) : exchange.stream(200, headers);
  let first = true;
  const encode = (item: WatchItem): Buffer => {
    const frame = encodeWatchItem(response.served, item, encoder, first);
    if (item.type !== 'BOOKMARK' && item.type !== 'ERROR') first = false;
    return frame;
  };
  for await (const batch of response.events) {
    for (let from = 0; from < batch.length && !stream.closed; from += mostFrames) {
      const frames = batch.slice(from, from + mostFrames).map(encode);
      const chunks = socket || frames.length === 1 ? frames : [Buffer.concat(frames)];
      for (const chunk of chunks) if (!stream.write(chunk)) await stream.drained();
    }
    if (stream.closed) break;
  }
  stream.end();
}

async function answerRaw(exchange: Exchange, response: RawResponse, headers: Headers): Promise<void> {
  const all = { ...headers, ...response.headers };
  if (typeof response.body === 'string' || response.body instanceof Uint8Array) {
    exchange.respond(response.status, all, typeof response.body === 'string' ? response.body : Buffer.from(response.body));
    return;
  }
  const stream = exchange.stream(response.status, all);
  for await (const chunk of response.body) {
    if (stream.closed) break;
    if (!stream.write(Buffer.from(chunk))) await stream.drained();
  }
  stream.end();
}
