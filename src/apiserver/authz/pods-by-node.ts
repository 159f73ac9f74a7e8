/** The Pods bound to each node, kept up with the cache: what a node may read is asked of every Secret that it reads. */
import type { AnyObject } from '../../apimachinery/object.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { CachedObject } from '../../storage/cached-object.ts';
import type { ResourceCache } from '../../storage/resource-cache.ts';

export class PodsByNode {
  /** Node → key → Pod. */
  readonly #pods = new Map<string, Map<string, CachedObject>>();
  readonly #nodes = new Map<string, string>();

  constructor(cache: ResourceCache) {
    for (const pod of cache.list({ prefix: '/' })) this.#put(pod.key, pod);
    cache.follow(({ key, object, deleted }) => this.#put(key, deleted ? undefined : object));
  }

  of(node: string, namespace: string): AnyObject[] {
    return [...(this.#pods.get(node)?.values() ?? [])].map(({ object }) => object).filter(({ metadata }) => metadata.namespace === namespace);
  }

  #put(key: string, pod: CachedObject | undefined): void {
    const node = pod && ((pod.object as { spec?: corev1.PodSpec }).spec?.nodeName ?? '');
    const before = this.#nodes.get(key);
    if (before !== undefined && before !== node) {
      const left = this.#pods.get(before);
      left?.delete(key);
      if (left?.size === 0) this.#pods.delete(before);
      this.#nodes.delete(key);
    }
    if (!pod || !node) return;
    const there = this.#pods.get(node) ?? new Map<string, CachedObject>();
    there.set(key, pod);
    this.#pods.set(node, there);
    this.#nodes.set(key, node);
  }
}
