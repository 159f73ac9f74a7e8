/** Reads and sets the size of anything that has a scale subresource, by the reference others hold to it. */
import type { AnyObject } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type * as autoscalingv1 from '../../resources/types/autoscaling-v1.ts';
import { discoverKinds, type DiscoveredKind } from './discovery.ts';

export interface ScaleReference {
  readonly apiVersion?: string | undefined;
  readonly kind: string;
  readonly name: string;
}

/** Something that is referred to but whose kind the API server does not serve. */
export class UnknownKindError extends Error {
  constructor(kind: string, group: string) {
    super(`no matches for kind "${kind}" in group "${group}"`);
    this.name = 'UnknownKindError';
  }
}

export class Scales {
  readonly #client: ApiClient;
  #kinds = new Map<string, DiscoveredKind>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Throws UnknownKindError, and NotFound where the object, or its scale, is not there. */
  async get(reference: ScaleReference, namespace: string): Promise<autoscalingv1.Scale> {
    return asScale(await this.#client.transport.call({ method: 'GET', path: await this.#path(reference, namespace) }));
  }

  /** Writes `scale`, as `get` gave it, with another size. */
  async set(reference: ScaleReference, namespace: string, scale: autoscalingv1.Scale, replicas: number): Promise<autoscalingv1.Scale> {
    return asScale(await this.#client.transport.call({ method: 'PUT', path: await this.#path(reference, namespace), body: { ...scale, spec: { replicas } } }));
  }

  async #path({ apiVersion = 'v1', kind, name }: ScaleReference, namespace: string): Promise<string> {
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
    const found = this.#kinds.get(`${group}/${kind}`) ?? (await this.#refresh(`${group}/${kind}`));
    if (!found) throw new UnknownKindError(kind, group);
    const root = found.group === '' ? `/api/${found.version}` : `/apis/${found.group}/${found.version}`;
    return `${root}/namespaces/${namespace}/${found.plural}/${name}/scale`;
  }

  async #refresh(id: string): Promise<DiscoveredKind | undefined> {
    const { kinds } = await discoverKinds(this.#client);
    this.#kinds = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
    return this.#kinds.get(id);
  }
}

const asScale = (object: AnyObject): autoscalingv1.Scale => object as unknown as autoscalingv1.Scale;

export const isMissing = (error: unknown): boolean => isNotFound(error) || error instanceof UnknownKindError;
