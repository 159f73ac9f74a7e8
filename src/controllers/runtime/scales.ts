/** Reads and sets the size of anything that has a scale subresource, by the reference others hold to it. */
import type { AnyObject } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type * as autoscalingv1 from '../../resources/types/autoscaling-v1.ts';
import { KindDirectory, UnknownKindError } from './kind-directory.ts';

export interface ScaleReference {
  readonly apiVersion?: string | undefined;
  readonly kind: string;
  readonly name: string;
}

export class Scales {
  readonly #client: ApiClient;
  readonly #kinds: KindDirectory;

  constructor(client: ApiClient) {
    this.#client = client;
    this.#kinds = new KindDirectory(client);
  }

  /** Throws UnknownKindError, and NotFound where the object, or its scale, is not there. */
  async get(reference: ScaleReference, namespace: string): Promise<autoscalingv1.Scale> {
    return asScale(await this.#client.transport.call({ method: 'GET', path: await this.#path(reference, namespace) }));
  }

  /** Writes `scale`, as `get` gave it, with another size. */
  async set(reference: ScaleReference, namespace: string, scale: autoscalingv1.Scale, replicas: number): Promise<autoscalingv1.Scale> {
    return asScale(await this.#client.transport.call({ method: 'PUT', path: await this.#path(reference, namespace), body: { ...scale, spec: { replicas } } }));
  }

  async #path(reference: ScaleReference, namespace: string): Promise<string> {
    const { group, version, plural } = await this.#kinds.find(reference);
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    return `${root}/namespaces/${namespace}/${plural}/${reference.name}/scale`;
  }
}

const asScale = (object: AnyObject): autoscalingv1.Scale => object as unknown as autoscalingv1.Scale;

export const isMissing = (error: unknown): boolean => isNotFound(error) || error instanceof UnknownKindError;
