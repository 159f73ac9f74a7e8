/** What Pods refer to, from the API: configuration by single reads, Services and the node itself from informers. */
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { secrets } from '../../resources/core/secret.ts';
import { serviceAccounts } from '../../resources/core/service-account.ts';
import type { ConfigMap, Node, PersistentVolume, PersistentVolumeClaim, Pod, Secret, Service } from '../../resources/types/core-v1.ts';
import type { RuntimeClass } from '../../resources/types/node-v1.ts';
import type { ResourceClaim } from '../../resources/types/resource-v1.ts';
import { runtimeClasses } from '../../resources/node/runtime-class.ts';
import { resourceClaims } from '../../resources/resource/resource-claim.ts';
import type { ReferenceWatch } from './reference-watch.ts';
import type { IssuedToken, NodeObjects, TokenRequest } from '../pod-source.ts';

export interface ApiNodeObjectsOptions {
  readonly client: ApiClient;
  readonly nodeName: string;
  readonly nodes: Informer<Node>;
  readonly services: Informer<Service>;
  readonly references: ReferenceWatch;
}

const byNamespace = 'namespace';

export class ApiNodeObjects implements NodeObjects {
  readonly #options: ApiNodeObjectsOptions;

  constructor(options: ApiNodeObjectsOptions) {
    this.#options = options;
    options.services.addIndex(byNamespace, (service) => [service.metadata.namespace ?? '']);
  }

  configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return orUndefined(this.#options.client.of(configMaps).namespace(namespace).get(name));
  }

  secret(namespace: string, name: string): Promise<Secret | undefined> {
    return orUndefined(this.#options.client.of(secrets).namespace(namespace).get(name));
  }

  persistentVolumeClaim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined> {
    return orUndefined(this.#options.client.of(persistentVolumeClaims).namespace(namespace).get(name));
  }

  persistentVolume(name: string): Promise<PersistentVolume | undefined> {
    return orUndefined(this.#options.client.of(persistentVolumes).get(name));
  }

  runtimeClass(name: string): Promise<RuntimeClass | undefined> {
    return orUndefined(this.#options.client.of(runtimeClasses).get(name));
  }

  resourceClaim(namespace: string, name: string): Promise<ResourceClaim | undefined> {
    return orUndefined(this.#options.client.of(resourceClaims).namespace(namespace).get(name));
  }

  follow(pod: Pod, changed: () => void): () => void {
    return this.#options.references.follow(pod, changed);
  }

  async token({ namespace, serviceAccount, audiences, expirationSeconds, pod }: TokenRequest): Promise<IssuedToken> {
    const body = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {},
      spec: { audiences, expirationSeconds, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod.name, uid: pod.uid } },
    };
    const answer = await this.#options.client.of(serviceAccounts).namespace(namespace).post(serviceAccount, 'token', body);
    const { token = '', expirationTimestamp = '' } = (answer['status'] ?? {}) as { token?: string; expirationTimestamp?: string };
    return { token, expires: Date.parse(expirationTimestamp) };
  }

  services(namespace: string): readonly Service[] {
    const { services } = this.#options;
    if (!services.hasSynced) throw new Error('services have not yet been read at least once, cannot construct envvars');
    const own = services.byIndex(byNamespace, namespace);
    const kubernetes = namespace === 'default' ? undefined : services.get('default/kubernetes');
    return kubernetes ? [...own, kubernetes] : own;
  }

  node(): Node | undefined {
    return this.#options.nodes.get(this.#options.nodeName);
  }
}

async function orUndefined<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
