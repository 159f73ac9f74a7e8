/** Which Service holds which cluster address and node port: the stored Services, and the writes that are on their way. */
import type * as corev1 from '../../resources/types/core-v1.ts';
import { clusterIpsOf } from '../../resources/core/service-types.ts';
import { objectKey } from '../../apimachinery/object.ts';
import type { ResourceCache } from '../../storage/resource-cache.ts';

export interface Taken {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

interface Pending extends Taken {
  /** The resourceVersion of the object that the write replaces; undefined for a creation. */
  readonly replaces: string | undefined;
}

export class ServiceHoldings {
  readonly #cache: ResourceCache;
  /** `changes` of the cache when the maps below were made from it. */
  #readAt = -1;
  readonly #addresses = new Map<string, string>();
  readonly #ports = new Map<number, string>();
  readonly #pending = new Map<string, Set<Pending>>();

  constructor(cache: ResourceCache) {
    this.#cache = cache;
  }

  /** The Service, other than `except`, that has the address. */
  addressOwner(address: string, except: string): string | undefined {
    return this.#owner(this.#addresses, address, except, ({ addresses }) => addresses.includes(address));
  }

  portOwner(port: number, except: string): string | undefined {
    return this.#owner(this.#ports, port, except, ({ ports }) => ports.includes(port));
  }

  /** Keeps values for a write until the cache has it, or another in its place. Returns how to give them back should it fail. */
  hold(key: string, taken: Taken, replaces: string | undefined): () => void {
    if (taken.addresses.length === 0 && taken.ports.length === 0) return () => {};
    const pending: Pending = { ...taken, replaces };
    const held = this.#pending.get(key) ?? new Set();
    held.add(pending);
    this.#pending.set(key, held);
    return () => {
      held.delete(pending);
      if (held.size === 0) this.#pending.delete(key);
    };
  }

  /** A Service that is deleted was written: nothing of it is on its way. */
  release(key: string): void {
    this.#pending.delete(key);
  }

  #owner<K>(stored: Map<K, string>, value: K, except: string, holds: (taken: Taken) => boolean): string | undefined {
    this.#read();
    const owner = stored.get(value);
    if (owner !== undefined && owner !== except) return owner;
    for (const [key, all] of this.#pending) {
      if (key === except) continue;
      for (const taken of all) if (holds(taken)) return key;
    }
    return undefined;
  }

  #read(): void {
    if (this.#readAt === this.#cache.changes) return;
    this.#readAt = this.#cache.changes;
    this.#addresses.clear();
    this.#ports.clear();
    for (const { object } of this.#cache.list({ prefix: '/' })) {
      const service = object as unknown as corev1.Service;
      const key = objectKey(service);
      for (const address of clusterIpsOf(service)) this.#addresses.set(address, key);
      for (const { nodePort } of service.spec?.ports ?? []) if (nodePort) this.#ports.set(nodePort, key);
      if (service.spec?.healthCheckNodePort) this.#ports.set(service.spec.healthCheckNodePort, key);
      this.#settle(key, service.metadata.resourceVersion);
    }
  }

  /** A write is over when the object is no longer the one it replaces: it was stored, or lost to another. */
  #settle(key: string, version: string | undefined): void {
    const held = this.#pending.get(key);
    if (!held) return;
    for (const pending of held) if (pending.replaces !== version) held.delete(pending);
    if (held.size === 0) this.#pending.delete(key);
  }
}
