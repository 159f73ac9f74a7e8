/**
 * The client's way to an API server in the same process: the same chain, without encoding. Bodies go in and objects come out as
 * they are, shared. Gives the event loop its turn between calls.
 */
import { turn } from '../base/turn.ts';
import type { AnyObject, KubeList } from '../apimachinery/object.ts';
import { StatusError, internalError, type Status } from '../apimachinery/status-error.ts';
import type { Chain } from '../apiserver/chain.ts';
import { plainObject, toServedVersion } from '../apiserver/negotiation/conversion.ts';
import type { ApiResponse, IncomingRequest, RequestHeaders, UserInfo } from '../apiserver/request.ts';
import type { ApiCall, ApiTransport, WatchEvent } from '../client/transport.ts';

const peer = { address: '' };
const never = new AbortController().signal;
const noQuery = new URLSearchParams();

export class InProcessTransport implements ApiTransport {
  readonly #chain: Chain;
  readonly #identity: () => UserInfo;
  readonly #headers: RequestHeaders;
  readonly #patchHeaders = new Map<string, RequestHeaders>();
  readonly #userAgent: string;

  /** `userAgent` names the component: it is the manager of the fields it writes. */
  constructor(chain: Chain, identity: () => UserInfo, userAgent = 'k8ts') {
    this.#chain = chain;
    this.#identity = identity;
    this.#userAgent = userAgent;
    this.#headers = headersOf({ 'user-agent': userAgent });
  }

  async call(call: ApiCall): Promise<AnyObject> {
    const response = await this.#send(call);
    if (response.type === 'object') return response.served ? toServedVersion(response.served, plainObject(response.object)) : (response.object as AnyObject);
    if (response.type === 'list') return { metadata: {}, items: response.items.map((item) => item.object) };
    throw internalError(`an object was expected from ${call.path}`);
  }

  async list(call: ApiCall): Promise<KubeList<AnyObject>> {
    const response = await this.#send(call);
    if (response.type !== 'list') throw internalError(`a list was expected from ${call.path}`);
    const { served, items, metadata } = response;
    return { metadata, items: items.map((item) => toServedVersion(served, item.object)) };
  }

  async *watch(call: ApiCall): AsyncGenerator<readonly WatchEvent[]> {
    const response = await this.#send(call);
    if (response.type !== 'watch') throw internalError(`a watch was expected from ${call.path}`);
    const { served } = response;
    for await (const batch of response.events) {
      const events: WatchEvent[] = [];
      for (const item of batch) {
        if (item.type === 'ERROR') throw new StatusError(item.status as unknown as Status);
        if (item.type === 'BOOKMARK') events.push({ type: 'BOOKMARK', object: { metadata: { resourceVersion: String(item.revision) } } });
        else events.push({ type: item.type, object: toServedVersion(served, item.object.object) });
      }
      yield events;
      await turn();
    }
  }

  async *bytes(call: ApiCall): AsyncGenerator<Uint8Array> {
    const response = await this.#send(call);
    if (response.type !== 'raw') throw internalError(`bytes were expected from ${call.path}`);
    if (typeof response.body === 'string') yield Buffer.from(response.body);
    else if (response.body instanceof Uint8Array) yield response.body;
    else yield* response.body;
  }

  async close(): Promise<void> {}

  async #send(call: ApiCall): Promise<ApiResponse> {
    await turn();
    const { response } = await this.#chain(this.#request(call));
    if (response.type === 'object' && response.status >= 400) throw new StatusError(response.object as unknown as Status);
    if (response.type === 'raw' && response.status >= 400) throw internalError(String(response.body));
    return response;
  }

  #headersFor(contentType: string): RequestHeaders {
    let headers = this.#patchHeaders.get(contentType);
    if (!headers) this.#patchHeaders.set(contentType, (headers = headersOf({ 'content-type': contentType, 'user-agent': this.#userAgent })));
    return headers;
  }

  #request(call: ApiCall): IncomingRequest {
    const isPatch = call.method === 'PATCH';
    return {
      method: call.method,
      path: call.path,
      query: call.query ? queryOf(call.query) : noQuery,
      headers: call.contentType === undefined ? this.#headers : this.#headersFor(call.contentType),
      peer,
      signal: call.signal ?? never,
      readBody: async () => (isPatch ? Buffer.from(JSON.stringify(call.body)) : new Uint8Array()),
      object: isPatch ? undefined : (call.body as AnyObject | undefined),
      identity: this.#identity(),
    };
  }
}

function queryOf(query: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) params.set(name, value);
  return params;
}

function headersOf(headers: Readonly<Record<string, string>>): RequestHeaders {
  return {
    get: (name) => headers[name],
    all: (name) => (headers[name] === undefined ? [] : [headers[name]]),
    startingWith: (prefix) => Object.keys(headers).filter((name) => name.startsWith(prefix)),
  };
}
