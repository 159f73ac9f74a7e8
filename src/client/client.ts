/**
 * The typed client: `client.of(pods).namespace('default').get('web')`. A Kind value (from resources/) names the resource and carries
 * its type. Every method throws StatusError for what the server refuses.
 */
import type { AnyObject, Draft, KubeList, KubeObject } from '../apimachinery/object.ts';
import type { Kind } from '../resources/definition.ts';
import type { ApiCall, ApiTransport, WatchEvent } from './transport.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const patchContentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WatchOptions extends ListOptions {
  readonly timeoutSeconds?: number | undefined;
  readonly allowWatchBookmarks?: boolean | undefined;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
}

/** What may be passed as an object to write: a literal of the kind, or a draft of one. */
export type Writable<T extends KubeObject> = T | Draft<T>;

export class ApiClient {
  readonly transport: ApiTransport;

  constructor(transport: ApiTransport) {
    this.transport = transport;
  }

  of<T extends KubeObject>(kind: Kind<T>): ResourceClient<T> {
    return new ResourceClient(this.transport, kind, undefined);
  }
}

export class ResourceClient<T extends KubeObject> {
  readonly #transport: ApiTransport;
  readonly #kind: Kind<T>;
  readonly #namespace: string | undefined;

  constructor(transport: ApiTransport, kind: Kind<T>, namespace: string | undefined) {
    this.#transport = transport;
    this.#kind = kind;
    this.#namespace = namespace;
  }

  /** The same resource in one namespace. For cluster-scoped kinds, and for undefined, this one. */
  namespace(namespace: string | undefined): ResourceClient<T> {
    return this.#kind.namespaced && namespace !== undefined ? new ResourceClient(this.#transport, this.#kind, namespace) : this;
  }

  get(name: string, options: { signal?: AbortSignal } = {}): Promise<T> {
    return this.#call({ method: 'GET', path: this.#path(name), signal: options.signal });
  }

  async list(options: ListOptions = {}): Promise<KubeList<T>> {
    const list = await this.#transport.list({ method: 'GET', path: this.#path(), query: queryOf(options), signal: options.signal });
    return list as unknown as KubeList<T>;
  }

  watch(options: WatchOptions = {}): AsyncIterable<readonly WatchEvent<T>[]> {
    const { timeoutSeconds, allowWatchBookmarks } = options;
    const query = { ...queryOf(options), watch: 'true', timeoutSeconds: timeoutSeconds?.toString(), allowWatchBookmarks: allowWatchBookmarks ? 'true' : undefined };
    return this.#transport.watch({ method: 'GET', path: this.#path(), query, signal: options.signal }) as AsyncIterable<readonly WatchEvent<T>[]>;
  }

  create(object: Writable<T>, options: { dryRun?: boolean } = {}): Promise<T> {
    return this.#call({ method: 'POST', path: this.#path(), body: this.#named(object), query: { dryRun: options.dryRun ? 'All' : undefined } });
  }

  update(object: Writable<T>): Promise<T> {
    return this.#call({ method: 'PUT', path: this.#path(object.metadata.name), body: this.#named(object) });
  }

  updateStatus(object: Writable<T>): Promise<T> {
    return this.#call({ method: 'PUT', path: this.#path(object.metadata.name, 'status'), body: this.#named(object) });
  }

  patch(name: string, type: PatchType, patch: unknown, options: { subresource?: string; fieldManager?: string; force?: boolean } = {}): Promise<T> {
    const query = { fieldManager: options.fieldManager, force: options.force ? 'true' : undefined };
    return this.#call({ method: 'PATCH', path: this.#path(name, options.subresource), contentType: patchContentTypes[type], body: patch, query });
  }

  /** Resolves to the object that is being deleted, or to a Status when it is gone. */
  delete(name: string, options: DeleteOptions = {}): Promise<AnyObject> {
    return this.#transport.call({ method: 'DELETE', path: this.#path(name), body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options } });
  }

  async deleteCollection(options: ListOptions & DeleteOptions = {}): Promise<void> {
    const { gracePeriodSeconds, propagationPolicy, ...selection } = options;
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds, propagationPolicy };
    await this.#transport.call({ method: 'DELETE', path: this.#path(), query: queryOf(selection), body });
  }

  /** Posts another kind to a subresource: a Binding, an Eviction, a TokenRequest. */
  post<R extends AnyObject = AnyObject>(name: string, subresource: string, body: object): Promise<R> {
    return this.#transport.call({ method: 'POST', path: this.#path(name, subresource), body }) as Promise<R>;
  }

  #call(call: ApiCall): Promise<T> {
    return this.#transport.call(call) as unknown as Promise<T>;
  }

  #named(object: Writable<T>): object {
    const { group, version, kind } = this.#kind;
    return { kind, apiVersion: group === '' ? version : `${group}/${version}`, ...stripIdentity(object) };
  }

  #path(name?: string, subresource?: string): string {
    const { group, version, plural } = this.#kind;
    let path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    if (this.#namespace !== undefined) path += `/namespaces/${this.#namespace}`;
    path += `/${plural}`;
    if (name !== undefined) path += `/${encodeURIComponent(name)}`;
    return subresource === undefined ? path : `${path}/${subresource}`;
  }
}

function stripIdentity(object: KubeObject | Draft<KubeObject>): object {
  const { kind: _kind, apiVersion: _version, ...rest } = object as KubeObject;
  return rest;
}

function queryOf({ labelSelector, fieldSelector, resourceVersion, limit, continue: token }: ListOptions): Record<string, string | undefined> {
  return { labelSelector, fieldSelector, resourceVersion, limit: limit?.toString(), continue: token };
}
