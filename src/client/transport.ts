/**
 * How a component reaches the API: over HTTPS, or inside the process. Both enter at the head of the same handler chain. The
 * in-process one passes objects without encoding them, so objects received are shared and must never be changed (use `draft`).
 */
import type { AnyObject, KubeList, KubeObject } from '../apimachinery/object.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path without query: '/api/v1/namespaces/default/pods/web' */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  /** An object, or for PATCH any JSON value. The transport may keep it: do not change it afterwards. */
  readonly body?: unknown;
  /** Default application/json; patches name their own. */
  readonly contentType?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchEvent<T extends KubeObject = AnyObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
}

export interface ApiTransport {
  /** The answer's object. Throws StatusError for a refusal, also when the server cannot be reached (503). */
  call(call: ApiCall): Promise<AnyObject>;
  list(call: ApiCall): Promise<KubeList<AnyObject>>;
  /** Batches of events until the server or `signal` ends the watch; an ERROR event is thrown as StatusError. */
  watch(call: ApiCall): AsyncIterable<readonly WatchEvent[]>;
  /** The raw bytes of an answer: logs, metrics. */
  bytes(call: ApiCall): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
