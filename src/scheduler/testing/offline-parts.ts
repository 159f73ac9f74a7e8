/** What plugins are made from, for tests that ask them directly: no API, and informers that know just what they are given. */
import { SteppedClock } from '../../base/stepped-clock.ts';
import { objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import type { Kind } from '../../resources/definition.ts';

/** Objects by the plural name of their kind. */
export type KnownObjects = Readonly<Record<string, readonly KubeObject[]>>;

export interface OfflineParts {
  readonly client: ApiClient;
  readonly clock: SteppedClock;
  readonly informers: Informers;
}

export function offlineParts(known: KnownObjects = {}): OfflineParts {
  const of = <T extends KubeObject>({ plural }: Kind<T>): Informer<T> => {
    const objects = (known[plural] ?? []) as readonly T[];
    let keysOf: (object: T) => readonly string[] = () => [];
    const informer = {
      get: (key: string) => objects.find((object) => objectKey(object) === key),
      list: () => objects,
      addIndex: (_name: string, keys: typeof keysOf) => {
        keysOf = keys;
        return informer;
      },
      byIndex: (_name: string, value: string) => objects.filter((object) => keysOf(object).includes(value)),
      addHandler: () => () => undefined,
    };
    return informer as unknown as Informer<T>;
  };
  return { client: {} as ApiClient, clock: new SteppedClock(), informers: { of } as unknown as Informers };
}
