/**
 * An informer's copy with our own writes already in it, so that one decision sees what the one before has done although the watch
 * has not told of it yet.
 */
import { objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';

export class Latest<T extends KubeObject> {
  readonly informer: Informer<T>;
  readonly #written = new Map<string, T>();

  constructor(informer: Informer<T>) {
    this.informer = informer;
    const seen = (object: T): void => {
      const written = this.#written.get(objectKey(object));
      if (written && revision(object) >= revision(written)) this.#written.delete(objectKey(object));
    };
    informer.addHandler({ added: seen, updated: seen, deleted: (object) => void this.#written.delete(objectKey(object)) });
  }

  get(key: string): T | undefined {
    return this.#written.get(key) ?? this.informer.get(key);
  }

  list(): T[] {
    return this.informer.list().map((object) => this.#written.get(objectKey(object)) ?? object);
  }

  /** Takes note of what a write answered. */
  keep(object: T): T {
    const known = this.informer.get(objectKey(object));
    if (known && revision(known) < revision(object)) this.#written.set(objectKey(object), object);
    return object;
  }
}

const revision = (object: KubeObject): number => Number(object.metadata.resourceVersion ?? 0);
