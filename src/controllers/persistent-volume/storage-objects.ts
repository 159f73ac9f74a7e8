/** Claims, volumes and classes as the binder reads and writes them, and the events it tells. */
import { timestamp } from '../../base/clock.ts';
import type { EventType } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { pods } from '../../resources/core/pod.ts';
import { claimNameOf } from '../../resources/core/volume-claims.ts';
import { storageClasses } from '../../resources/storage/storage-class.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import { involved } from '../runtime/owners.ts';
import { updateMerged, updateStatusMerged } from '../runtime/update.ts';
import { Latest } from './latest.ts';

export type Claim = corev1.PersistentVolumeClaim;
export type Volume = corev1.PersistentVolume;

const podsByClaim = 'claim';

/** A merge patch of the binder's: annotations and spec. */
export interface StoragePatch {
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly spec?: object;
}

const bodyOf = ({ annotations, spec }: StoragePatch): object => ({ ...(annotations ? { metadata: { annotations } } : {}), ...(spec ? { spec } : {}) });

export class StorageObjects {
  readonly claims: Latest<Claim>;
  readonly volumes: Latest<Volume>;
  readonly #context: ControllerContext;
  readonly classes: Informer<storagev1.StorageClass>;
  readonly #pods;
  readonly #recorder;

  constructor(context: ControllerContext) {
    const { informers } = context;
    this.#context = context;
    this.claims = new Latest(informers.of(persistentVolumeClaims));
    this.volumes = new Latest(informers.of(persistentVolumes));
    this.classes = informers.of(storageClasses);
    this.#pods = informers.of(pods).addIndex(podsByClaim, claimsOfPod);
    this.#recorder = context.recorder('persistentvolume-controller');
  }

  classNamed(name: string): storagev1.StorageClass | undefined {
    return this.classes.get(name);
  }

  /** Pods that use a claim, 'namespace/name'. */
  podsOf(claimKey: string): corev1.Pod[] {
    return this.#pods.byIndex(podsByClaim, claimKey);
  }

  async patchClaim(claim: Claim, patch: StoragePatch): Promise<Claim> {
    return this.claims.keep(await updateMerged(this.#context.client, persistentVolumeClaims, claim, bodyOf(patch)));
  }

  async patchVolume(volume: Volume, patch: StoragePatch): Promise<Volume> {
    return this.volumes.keep(await updateMerged(this.#context.client, persistentVolumes, volume, bodyOf(patch)));
  }

  /** Fields that are undefined go. Writes nothing where nothing changes. */
  async setClaimStatus(claim: Claim, status: Pick<NonNullable<Claim['status']>, 'phase' | 'accessModes' | 'capacity'>): Promise<Claim> {
    const patch = differing(claim.status, status);
    if (!patch) return claim;
    return this.claims.keep(await updateStatusMerged(this.#context.client, persistentVolumeClaims, claim, patch));
  }

  async setVolumePhase(volume: Volume, phase: string, message?: string): Promise<Volume> {
    if (volume.status?.phase === phase && volume.status.message === message) return volume;
    const changed = volume.status?.phase === phase ? {} : { lastPhaseTransitionTime: timestamp(this.#context.clock.now()) };
    const status = { phase, message: message ?? null, ...changed };
    return this.volumes.keep(await updateStatusMerged(this.#context.client, persistentVolumes, volume, status));
  }

  async deleteVolume({ metadata }: Volume): Promise<void> {
    await this.#context.client.of(persistentVolumes).delete(metadata.name ?? '', { preconditions: { uid: metadata.uid } });
  }

  /** The claim as the API has it now. Throws NotFound. */
  readClaim(namespace: string, name: string): Promise<Claim> {
    return this.#context.client.of(persistentVolumeClaims).namespace(namespace).get(name);
  }

  tellOfClaim(claim: Claim, type: EventType, reason: string, message: string): void {
    this.#recorder.event(involved(persistentVolumeClaims, claim), type, reason, message);
  }

  tellOfVolume(volume: Volume, type: EventType, reason: string, message: string): void {
    this.#recorder.event(involved(persistentVolumes, volume), type, reason, message);
  }
}

function claimsOfPod(pod: corev1.Pod): string[] {
  return (pod.spec?.volumes ?? []).flatMap((volume) => {
    const name = claimNameOf(pod, volume);
    return name === undefined ? [] : [`${pod.metadata.namespace ?? ''}/${name}`];
  });
}

/** A merge patch from one status to the other, over the fields that `wanted` has. */
function differing(have: object | undefined, wanted: object): Record<string, unknown> | undefined {
  const old = (have ?? {}) as Record<string, unknown>;
  const changed = Object.entries(wanted).filter(([field, value]) => !sameJson(old[field], value));
  return changed.length === 0 ? undefined : Object.fromEntries(changed.map(([field, value]) => [field, value ?? null]));
}
