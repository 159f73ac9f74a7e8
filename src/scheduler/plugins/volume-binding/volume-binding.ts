/**
 * A Pod goes only where its volumes can be reached. Claims that wait for their first Pod are bound here: to a free volume, or by asking
 * for one to be made for the chosen node; then the Pod waits until the volume controller has bound them.
 *
 * Upstream: pkg/scheduler/framework/plugins/volumebinding
 */
import type { Clock } from '../../../base/clock.ts';
import type { ApiClient } from '../../../client/client.ts';
import type { Informers } from '../../../client/informers.ts';
import { persistentVolumeClaims } from '../../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../../resources/core/persistent-volume.ts';
import { storageClasses } from '../../../resources/storage/storage-class.ts';
import { claimNameOf } from '../../../resources/core/volume-claims.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { nodeThatMayFit } from '../../framework/cluster-event.ts';
import { isRejection, type Plugin, type Reservation } from '../../framework/plugin.ts';
import { unresolvable, type Rejection } from '../../framework/rejection.ts';
import type { NodeFacts } from '../../state/node-selector.ts';
import { usesClaim, type PodInfo } from '../../state/pod-info.ts';
import { canProvision, claimKey, claimReference, classOf, findVolume, isBound, reaches, selectedNode, waitsForPod } from './claim-binding.ts';
import { hasGrown, storageCapacity, type HasRoom } from './storage-capacity.ts';
import { usualTimeout, whenBound } from './when-bound.ts';

const name = 'VolumeBinding';
const unreachable = unresolvable(name, "node(s) didn't match PersistentVolume's node affinity");
const noVolume = unresolvable(name, "node(s) didn't find available persistent volumes to bind");
const noSpace = unresolvable(name, 'node(s) did not have enough free storage');
const volumeGone = unresolvable(name, 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
const unbound = unresolvable(name, 'pod has unbound immediate PersistentVolumeClaims');

type Claim = corev1.PersistentVolumeClaim;

interface PodClaims {
  readonly bound: readonly Claim[];
  readonly waiting: readonly Claim[];
}

/** What binding a Pod's claims on a node takes. */
interface BindingPlan {
  readonly matched: readonly { readonly claim: Claim; readonly volume: corev1.PersistentVolume }[];
  readonly provisioned: readonly Claim[];
}

export interface VolumeBindingParts {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  /** How long binding may take, ms; default ten minutes. */
  readonly bindTimeout?: number;
}

export function volumeBinding(parts: VolumeBindingParts): Plugin {
  const binder = new VolumeBinder(parts);
  return {
    name,
    filter: (pod) => {
      if (pod.claims.length === 0) return undefined;
      const claims = binder.claimsOf(pod);
      if (isRejection(claims)) return claims;
      return {
        filter: (node) => {
          const plan = binder.planFor(claims, node);
          return isRejection(plan) ? plan : undefined;
        },
      };
    },
    reserve: (pod, node) => (pod.claims.length === 0 ? undefined : binder.reserve(pod, node)),
    wakes: (event, pod) => {
      if (event.type === 'claim-changed') return usesClaim(pod, event.claim);
      if (event.type === 'storage-class-changed') return event.old === undefined || JSON.stringify(event.old.allowedTopologies) !== JSON.stringify(event.storageClass.allowedTopologies);
      if (event.type === 'csi-capacity-changed') return hasGrown(event);
      return event.type === 'volume-changed' || event.type === 'csi-driver-changed' || nodeThatMayFit(event, 'labels') !== undefined;
    },
  };
}

class VolumeBinder {
  readonly #parts: VolumeBindingParts;
  readonly #claims;
  readonly #volumes;
  readonly #classes;
  readonly #hasRoom: HasRoom;
  /** Volumes chosen for a claim that the API does not show as taken yet. */
  readonly #taken = new Set<string>();

  constructor(parts: VolumeBindingParts) {
    this.#parts = parts;
    this.#claims = parts.informers.of(persistentVolumeClaims);
    this.#volumes = parts.informers.of(persistentVolumes);
    this.#classes = parts.informers.of(storageClasses);
    this.#hasRoom = storageCapacity(parts.informers);
  }

  claimsOf(pod: PodInfo): PodClaims | Rejection {
    const bound: Claim[] = [];
    const waiting: Claim[] = [];
    for (const volume of pod.pod.spec?.volumes ?? []) {
      const claimName = claimNameOf(pod.pod, volume);
      if (claimName === undefined) continue;
      const claim = this.#claims.get(`${pod.namespace}/${claimName}`);
      if (claim === undefined) {
        return unresolvable(name, volume.ephemeral ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${claimName}"` : `persistentvolumeclaim "${claimName}" not found`);
      }
      if (claim.status?.phase === 'Lost') return unresolvable(name, `persistentvolumeclaim "${claimName}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`);
      if (claim.metadata.deletionTimestamp !== undefined) return unresolvable(name, `persistentvolumeclaim "${claimName}" is being deleted`);
      if (isBound(claim)) bound.push(claim);
      else if (waitsForPod(claim, this.#classes.get(classOf(claim)))) waiting.push(claim);
      else return unbound;
    }
    return { bound, waiting };
  }

  planFor({ bound, waiting }: PodClaims, node: NodeFacts): BindingPlan | Rejection {
    for (const claim of bound) {
      const volume = this.#volumes.get(claim.spec?.volumeName ?? '');
      if (volume === undefined) return volumeGone;
      if (!reaches(node, volume)) return unreachable;
    }
    const matched: { claim: Claim; volume: corev1.PersistentVolume }[] = [];
    const provisioned: Claim[] = [];
    const chosen = new Set<string>();
    for (const claim of waiting) {
      const wanted = claim.metadata.annotations?.[selectedNode];
      if (wanted !== undefined && wanted !== node.name) return noVolume;
      const isTaken = ({ metadata }: corev1.PersistentVolume): boolean => this.#taken.has(metadata.name ?? '') || chosen.has(metadata.name ?? '');
      const volume = wanted === undefined ? findVolume(claim, this.#volumes.list(), node, isTaken) : undefined;
      const storageClass = this.#classes.get(classOf(claim));
      if (volume !== undefined) {
        matched.push({ claim, volume });
        chosen.add(volume.metadata.name ?? '');
      } else if (storageClass === undefined || !canProvision(node, storageClass)) return noVolume;
      else if (!this.#hasRoom(claim, storageClass, node)) return noSpace;
      else provisioned.push(claim);
    }
    return { matched, provisioned };
  }

  reserve(pod: PodInfo, node: NodeFacts): Reservation | Rejection | undefined {
    const claims = this.claimsOf(pod);
    const plan = isRejection(claims) ? claims : this.planFor(claims, node);
    if (isRejection(plan)) return plan;
    if (plan.matched.length + plan.provisioned.length === 0) return undefined;
    const names = plan.matched.map(({ volume }) => volume.metadata.name ?? '');
    for (const taken of names) this.#taken.add(taken);
    const release = (): void => {
      for (const taken of names) this.#taken.delete(taken);
    };
    const keys = [...plan.matched.map(({ claim }) => claim), ...plan.provisioned].map(claimKey);
    return {
      prepare: () => this.#write(plan, node.name),
      ready: async (signal) => {
        await whenBound({ claims: this.#claims, clock: this.#parts.clock, timeout: this.#parts.bindTimeout ?? usualTimeout, keys, provisioned: new Set(plan.provisioned.map(claimKey)), node: node.name, signal });
        release();
      },
      release,
    };
  }

  /** Gives volumes to their claims and asks for those that must be made. */
  async #write({ matched, provisioned }: BindingPlan, node: string): Promise<void> {
    const { client } = this.#parts;
    for (const { claim, volume } of matched) {
      const patch = { metadata: { resourceVersion: volume.metadata.resourceVersion, annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } }, spec: { claimRef: claimReference(claim) } };
      await client.of(persistentVolumes).patch(volume.metadata.name ?? '', 'merge', patch);
    }
    for (const { metadata } of provisioned) {
      await client.of(persistentVolumeClaims).namespace(metadata.namespace).patch(metadata.name ?? '', 'merge', { metadata: { annotations: { [selectedNode]: node } } });
    }
  }
}
