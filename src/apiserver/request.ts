/**
 * A request and its answer inside the API server, whatever brought them: the HTTPS listener or the in-process transport.
 * Filters (chain.ts) fill in the context; handlers give an ApiResponse, which the listener encodes and the in-process
 * transport hands over as objects.
 */
import type { AnyObject, ListMeta } from '../apimachinery/object.ts';
import type { CachedObject } from '../storage/cached-object.ts';
import type { CacheEvent } from '../storage/cache-watcher.ts';
import type { Column, ResourceDefinition, VersionDefinition } from '../resources/definition.ts';
import type { Exchange } from '../transport/exchange.ts';
import type { RequestInfo } from './request-info.ts';

export interface UserInfo {
  readonly name: string;
  readonly uid?: string | undefined;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface RequestHeaders {
  get(name: string): string | undefined;
  /** Every value of a header that was sent several times, unjoined. */
  all(name: string): readonly string[];
  /** Lower-case names of those headers sent that begin with `prefix`. */
  startingWith(prefix: string): readonly string[];
}

/** Who is at the other end of the connection. */
export interface Peer {
  readonly address: string;
  /** DER of the client certificate that the TLS layer verified against the client CA. */
  readonly certificate?: Uint8Array | undefined;
  /** The client showed a certificate that the TLS layer could not verify. */
  readonly refusedCertificate?: boolean | undefined;
}

/** What the transport knows of a request. */
export interface IncomingRequest {
  readonly method: string;
  /** The path as sent, undecoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: RequestHeaders;
  readonly peer: Peer;
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal;
  /** The body; throws StatusError 413 past the limit. */
  readBody(): Promise<Uint8Array>;
  /** In-process only: the body as an object, and who sends it. */
  readonly object?: AnyObject | undefined;
  readonly identity?: UserInfo | undefined;
  /** The connection's side of the request, for handlers that answer on it themselves (streams, proxying). Undefined in-process. */
  readonly exchange?: Exchange | undefined;
}

/** The uids of the FlowSchema and the PriorityLevelConfiguration that a request is of. */
export interface FlowIdentity {
  readonly schema: string;
  readonly level: string;
}

/** The request on its way through the chain: filters add what they find out. */
export interface ApiRequest extends IncomingRequest {
  readonly info: RequestInfo;
  readonly auditId: string;
  /** Texts for Warning headers. */
  readonly warnings: string[];
  user: UserInfo;
  /** Set once the request is classified. */
  flow?: FlowIdentity | undefined;
}

export type ApiResponse = ObjectResponse | ListResponse | WatchResponse | RawResponse | HijackedResponse;

/** A served version of a resource, as a URL names it. */
export interface ServedResource {
  readonly definition: ResourceDefinition;
  readonly version: VersionDefinition;
}

export interface ObjectResponse {
  readonly type: 'object';
  readonly status: number;
  /** Undefined: `object` is of no stored kind (Status, TokenReview...) and already in its final form. */
  readonly served: ServedResource | undefined;
  /** A stored object in the storage version, or a plain one. */
  readonly object: CachedObject | AnyObject;
  /** Those of a plain object that can be shown in a table. */
  readonly columns?: readonly Column[];
}

export interface ListResponse {
  readonly type: 'list';
  readonly served: ServedResource;
  readonly items: readonly CachedObject[];
  readonly metadata: ListMeta;
}

export type WatchItem =
  | CacheEvent
  | { readonly type: 'BOOKMARK'; readonly revision: number; readonly initialEventsEnd: boolean }
  | { readonly type: 'ERROR'; readonly status: AnyObject };

export interface WatchResponse {
  readonly type: 'watch';
  readonly served: ServedResource;
  /** Ends when the watch does: timeout, client gone, server stopping, or after an ERROR. */
  readonly events: AsyncIterable<readonly WatchItem[]>;
}

export interface RawResponse {
  readonly type: 'raw';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** The handler took the connection over (exec, attach, port-forward) and answers on it itself. */
export interface HijackedResponse {
  readonly type: 'hijacked';
}

export type Handler = (request: ApiRequest) => Promise<ApiResponse>;
export type Filter = (request: ApiRequest, next: Handler) => Promise<ApiResponse>;
