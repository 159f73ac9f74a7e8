/**
 * Which objects the Pods of a node refer to, read off the cache when asked: the answer is as true as the Pods it is read from.
 * Upstream: plugin/pkg/auth/authorizer/node/graph_populator.go
 */
import type { AnyObject } from '../../apimachinery/object.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { ObjectStore } from '../registry/object-store.ts';
import { PodsByNode } from './pods-by-node.ts';

export type ReferencedKind = 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts' | 'resourceclaims';

export class NodeReferences {
  readonly #registry: ResourceRegistry;
  readonly #objects: ObjectStore;
  /** What a Pod refers to, by the Pod's object: objects never change. */
  readonly #known = new WeakMap<AnyObject, ReadonlySet<string>>();

  #pods: PodsByNode | undefined;

  constructor(registry: ResourceRegistry, objects: ObjectStore) {
    this.#registry = registry;
    this.#objects = objects;
  }

  isPodOf(node: string, namespace: string, name: string): boolean {
    const found = this.#registry.byResource('', 'v1', 'pods');
    const pod = found && (this.#objects.find(found.definition, namespace, name)?.object as corev1.Pod | undefined);
    return pod?.spec?.nodeName === node;
  }

  /** Whether a Pod bound to the node refers to the object. */
  isUsedOn(node: string, kind: ReferencedKind, namespace: string, name: string): boolean {
    if (namespace === '' || name === '') return false;
    const wanted = `${kind}/${name}`;
    if (this.#podsOf(node, namespace).some((pod) => this.#referencesOf(pod).has(wanted))) return true;
    return kind === 'secrets' && this.#volumesOf(node).some((volume) => volumeSecrets(volume).includes(`${namespace}/${name}`));
  }

  /** Whether a claim of a Pod bound to the node is bound to the volume. */
  isVolumeUsedOn(node: string, name: string): boolean {
    return this.#volumesOf(node).some(({ metadata }) => metadata.name === name);
  }

  isAttachmentOf(node: string, name: string): boolean {
    const found = this.#registry.byResource('storage.k8s.io', 'v1', 'volumeattachments');
    const attachment = found && this.#objects.find(found.definition, '', name)?.object;
    return (attachment?.['spec'] as { nodeName?: string } | undefined)?.nodeName === node;
  }

  #podsOf(node: string, namespace: string): AnyObject[] {
    const found = this.#registry.byResource('', 'v1', 'pods');
    if (!found) return [];
    this.#pods ??= new PodsByNode(this.#objects.cacheOf(found.definition));
    return this.#pods.of(node, namespace);
  }

  #volumesOf(node: string): corev1.PersistentVolume[] {
    const found = this.#registry.byResource('', 'v1', 'persistentvolumes');
    if (!found) return [];
    const volumes = this.#objects.cacheOf(found.definition).list({ prefix: '/' }).map(({ object }) => object as unknown as corev1.PersistentVolume);
    return volumes.filter(({ spec }) => {
      const { namespace = '', name = '' } = spec?.claimRef ?? {};
      return name !== '' && this.#podsOf(node, namespace).some((pod) => this.#referencesOf(pod).has(`persistentvolumeclaims/${name}`));
    });
  }

  #referencesOf(pod: AnyObject): ReadonlySet<string> {
    let known = this.#known.get(pod);
    if (!known) {
      known = new Set(referencesOf(pod as unknown as corev1.Pod));
      this.#known.set(pod, known);
    }
    return known;
  }
}

/** 'secrets/tls' and so on, of the Pod's own namespace. */
function* referencesOf({ metadata, spec, status }: corev1.Pod): Generator<string> {
  if (!spec) return;
  if (spec.serviceAccountName) yield `serviceaccounts/${spec.serviceAccountName}`;
  for (const secret of spec.imagePullSecrets ?? []) yield `secrets/${secret.name ?? ''}`;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    for (const { valueFrom } of container.env ?? []) {
      if (valueFrom?.secretKeyRef) yield `secrets/${valueFrom.secretKeyRef.name ?? ''}`;
      if (valueFrom?.configMapKeyRef) yield `configmaps/${valueFrom.configMapKeyRef.name ?? ''}`;
    }
    for (const { secretRef, configMapRef } of container.envFrom ?? []) {
      if (secretRef) yield `secrets/${secretRef.name ?? ''}`;
      if (configMapRef) yield `configmaps/${configMapRef.name ?? ''}`;
    }
  }
  for (const volume of spec.volumes ?? []) yield* volumeReferences(volume, metadata.name ?? '');
  for (const { resourceClaimName } of status?.resourceClaimStatuses ?? []) if (resourceClaimName) yield `resourceclaims/${resourceClaimName}`;
  const extended = status?.extendedResourceClaimStatus?.resourceClaimName;
  if (extended) yield `resourceclaims/${extended}`;
  for (const { resourceClaimName } of spec.resourceClaims ?? []) if (resourceClaimName) yield `resourceclaims/${resourceClaimName}`;
}

function* volumeReferences(volume: corev1.Volume, podName: string): Generator<string> {
  if (volume.secret?.secretName) yield `secrets/${volume.secret.secretName}`;
  if (volume.configMap?.name) yield `configmaps/${volume.configMap.name}`;
  if (volume.persistentVolumeClaim) yield `persistentvolumeclaims/${volume.persistentVolumeClaim.claimName}`;
  if (volume.ephemeral) yield `persistentvolumeclaims/${podName}-${volume.name}`;
  for (const source of volume.projected?.sources ?? []) {
    if (source.secret?.name) yield `secrets/${source.secret.name}`;
    if (source.configMap?.name) yield `configmaps/${source.configMap.name}`;
  }
  const byDriver = volume as unknown as Record<string, { secretRef?: { name?: string }; nodePublishSecretRef?: { name?: string } } | undefined>;
  for (const driver of ['cephfs', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos', 'azureFile', 'cinder', 'csi']) {
    const name = byDriver[driver]?.secretRef?.name ?? byDriver[driver]?.nodePublishSecretRef?.name;
    if (name) yield `secrets/${name}`;
  }
}

function volumeSecrets({ spec }: corev1.PersistentVolume): string[] {
  const csi = spec?.csi as Record<string, { namespace?: string; name?: string } | undefined> | undefined;
  return ['nodePublishSecretRef', 'nodeStageSecretRef', 'controllerPublishSecretRef', 'nodeExpandSecretRef'].flatMap((field) => {
    const reference = csi?.[field];
    return reference?.name ? [`${reference.namespace ?? ''}/${reference.name}`] : [];
  });
}
