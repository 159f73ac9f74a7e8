/**
 * Watches the ConfigMaps and Secrets that Pods of this node mount, one watch an object and only while a Pod uses it: a node sees no
 * secret that none of its Pods needs.
 * Upstream: pkg/kubelet/util/manager/watch_based_manager.go
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import { Informer } from '../../client/informer.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { secrets } from '../../resources/core/secret.ts';
import type { Kind } from '../../resources/definition.ts';
import type { Pod, Volume, VolumeProjection } from '../../resources/types/core-v1.ts';

interface Reference {
  readonly kind: Kind<KubeObject>;
  readonly name: string;
}

interface Followed {
  readonly informer: Informer<KubeObject>;
  users: number;
}

export class ReferenceWatch {
  readonly #options: { readonly client: ApiClient; readonly clock: Clock; readonly logger: Logger };
  readonly #followed = new Map<string, Followed>();

  constructor(options: { readonly client: ApiClient; readonly clock: Clock; readonly logger: Logger }) {
    this.#options = options;
  }

  /** Calls `changed` when something that the Pod mounts may have changed since now. Ends with the function it answers. */
  follow(pod: Pod, changed: () => void): () => void {
    const namespace = pod.metadata.namespace ?? '';
    const ends = mountedObjects(pod).map(({ kind, name }) => this.#followOne(kind, namespace, name, changed));
    return () => {
      for (const end of ends.splice(0)) end();
    };
  }

  async close(): Promise<void> {
    const all = [...this.#followed.values()];
    this.#followed.clear();
    await Promise.all(all.map(({ informer }) => informer.close()));
  }

  #followOne(kind: Kind<KubeObject>, namespace: string, name: string, changed: () => void): () => void {
    const key = `${kind.plural}/${namespace}/${name}`;
    const followed = this.#followed.get(key) ?? { informer: new Informer(kind, { ...this.#options, namespace, fieldSelector: `metadata.name=${name}` }), users: 0 };
    this.#followed.set(key, followed);
    followed.users += 1;
    const { informer } = followed;
    // What an informer that has synced holds already is no change: the Pod's files are read from the API after this.
    let listening = !informer.hasSynced;
    const added = (): void => {
      if (listening) changed();
    };
    const remove = informer.addHandler({ added, updated: changed, deleted: changed });
    listening = true;
    informer.start();
    return () => {
      remove();
      followed.users -= 1;
      if (followed.users > 0 || this.#followed.get(key) !== followed) return;
      this.#followed.delete(key);
      informer.close().catch((error: unknown) => this.#options.logger.warn('a watch did not end', { key, error: messageOf(error) }));
    };
  }
}

function mountedObjects(pod: Pod): Reference[] {
  const found = new Map<string, Reference>();
  const add = (kind: Kind<KubeObject>, name: string | undefined): void => {
    if (name) found.set(`${kind.plural}/${name}`, { kind, name });
  };
  const addSource = ({ configMap, secret }: VolumeProjection): void => {
    add(configMaps, configMap?.name);
    add(secrets, secret?.name);
  };
  const addVolume = ({ configMap, secret, projected }: Volume): void => {
    add(configMaps, configMap?.name);
    add(secrets, secret?.secretName);
    projected?.sources?.forEach(addSource);
  };
  pod.spec?.volumes?.forEach(addVolume);
  return [...found.values()];
}
