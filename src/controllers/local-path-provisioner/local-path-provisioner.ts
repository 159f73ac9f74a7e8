/**
 * Makes volumes out of folders on this node's disk, for claims whose class names one of its provisioners; removes them when their claims are
 * gone; lets them grow. A claim's size is a promise, not a limit: folders have no quota.
 * Upstream: sigs.k8s.io/sig-storage-lib-external-provisioner (annotations, events and order of things)
 */
import { messageOf } from '../../base/errors.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { claimClassOf, provisionedBy, selectedNode, storageProvisioner } from '../../resources/core/volume-claims.ts';
import { storageClasses } from '../../resources/storage/storage-class.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as storagev1 from '../../resources/types/storage-v1.ts';
import { Controller, running, type ControllerContext, type ControllerFactory } from '../runtime/controller.ts';
import { setFinalizer } from '../runtime/finalizers.ts';
import { involved } from '../runtime/owners.ts';
import { followDefaultClass } from './default-class.ts';
import { expand } from './expansion.ts';
import type { LocalDisk } from './local-disk.ts';
import { provisionerFinalizer, volumeFor, volumeNameOf, whyNot } from './local-volume.ts';

type Claim = corev1.PersistentVolumeClaim;
type Volume = corev1.PersistentVolume;

/** Ours, and the one of the tutorials' laptop clusters. */
export const localPath = 'k8ts.io/local-path';
export const hostPathProvisioner = 'docker.io/hostpath';
const provisioners: readonly string[] = [localPath, hostPathProvisioner];

export interface LocalPathOptions {
  /** The node whose disk it is: volumes are reachable from there alone. */
  readonly nodeName: string;
  readonly disk: LocalDisk;
  /** The class to be there from the start; none by default. */
  readonly defaultClass?: storagev1.StorageClass | undefined;
}

const claimPrefix = 'claim:';
const volumePrefix = 'volume:';

export function localPathProvisioner(options: LocalPathOptions): ControllerFactory {
  return (context) => {
    const { informers } = context;
    const claims = informers.of(persistentVolumeClaims);
    const volumes = informers.of(persistentVolumes);
    const classes = informers.of(storageClasses);
    const work = new Provisioning(context, options);
    const controller: Controller = new Controller(context, {
      name: 'local-path-provisioner',
      async reconcile(key) {
        if (key.startsWith(claimPrefix)) {
          const claim = claims.get(key.slice(claimPrefix.length));
          if (claim) await work.claim(claim, classes.get(claimClassOf(claim)));
        } else {
          const volume = volumes.get(key.slice(volumePrefix.length));
          if (volume) await work.volume(volume);
        }
      },
    });
    controller.watchMapped(claims, ({ metadata }) => [`${claimPrefix}${metadata.namespace ?? ''}/${metadata.name ?? ''}`]);
    controller.watchMapped(volumes, ({ metadata }) => [volumePrefix + (metadata.name ?? '')]);
    const { defaultClass } = options;
    return running(controller, defaultClass === undefined ? {} : { start: () => followDefaultClass(defaultClass, classes, context) });
  };
}

class Provisioning {
  readonly #context: ControllerContext;
  readonly #options: LocalPathOptions;
  readonly #recorder;

  constructor(context: ControllerContext, options: LocalPathOptions) {
    this.#context = context;
    this.#options = options;
    this.#recorder = context.recorder(`${localPath}_${options.nodeName}`);
  }

  async claim(claim: Claim, storageClass: storagev1.StorageClass | undefined): Promise<void> {
    if (claim.spec?.volumeName) return this.#grow(claim, claim.spec.volumeName, storageClass);
    if (storageClass && this.#isAsked(claim, storageClass)) await this.#provision(claim, storageClass);
  }

  /** Removes a volume whose claim is gone, folder first: while the object is there, the folder is known. */
  async volume(volume: Volume): Promise<void> {
    const { client } = this.#context;
    const { name = '', uid, annotations, deletionTimestamp } = volume.metadata;
    const { phase } = volume.status ?? {};
    if (!provisioners.includes(annotations?.[provisionedBy] ?? '') || !this.#isHere(volume)) return;
    if (phase === 'Released' && volume.spec?.persistentVolumeReclaimPolicy === 'Delete') {
      await this.#removeFolder(volume);
      if (deletionTimestamp === undefined) await client.of(persistentVolumes).delete(name, { preconditions: { uid } }).catch(ignoreMissing);
    } else if (deletionTimestamp === undefined || phase === 'Bound') return;
    const now = deletionTimestamp === undefined ? await client.of(persistentVolumes).get(name).catch(ignoreMissing) : volume;
    if (now) await setFinalizer(client, persistentVolumes, now, provisionerFinalizer, false);
  }

  async #removeFolder(volume: Volume): Promise<void> {
    try {
      await this.#options.disk.remove(volume.metadata.name ?? '');
    } catch (error) {
      this.#recorder.event(involved(persistentVolumes, volume), 'Warning', 'VolumeFailedDelete', messageOf(error));
      throw error;
    }
  }

  /** Whether the volume is the folder of its name on this disk. */
  #isHere({ metadata, spec }: Volume): boolean {
    return (spec?.local ?? spec?.hostPath)?.path === this.#options.disk.pathOf(metadata.name ?? '');
  }

  #isAsked(claim: Claim, { provisioner, volumeBindingMode }: storagev1.StorageClass): boolean {
    if (!provisioners.includes(provisioner) || claim.metadata.deletionTimestamp !== undefined || claim.metadata.annotations?.[storageProvisioner] !== provisioner) return false;
    const node = claim.metadata.annotations[selectedNode];
    return node === undefined ? volumeBindingMode !== 'WaitForFirstConsumer' : node === this.#options.nodeName;
  }

  async #provision(claim: Claim, storageClass: storagev1.StorageClass): Promise<void> {
    const { client } = this.#context;
    const { disk, nodeName } = this.#options;
    const { name = '', namespace = '' } = claim.metadata;
    const about = involved(persistentVolumeClaims, claim);
    const refusal = whyNot(claim);
    if (refusal !== undefined) return this.#recorder.event(about, 'Warning', 'ProvisioningFailed', `failed to provision volume with StorageClass "${storageClass.metadata.name ?? ''}": ${refusal}`);
    const volumeName = volumeNameOf(claim);
    this.#recorder.event(about, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${namespace}/${name}"`);
    try {
      await disk.create(volumeName);
      await client.of(persistentVolumes).create(volumeFor(claim, storageClass, { path: disk.pathOf(volumeName), nodeName }));
    } catch (error) {
      if (isAlreadyExists(error)) return;
      this.#recorder.event(about, 'Warning', 'ProvisioningFailed', `failed to provision volume with StorageClass "${storageClass.metadata.name ?? ''}": ${messageOf(error)}`);
      throw error;
    }
    this.#recorder.event(about, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`);
  }

  async #grow(claim: Claim, volumeName: string, storageClass: storagev1.StorageClass | undefined): Promise<void> {
    const { client, informers } = this.#context;
    const volume = informers.of(persistentVolumes).get(volumeName);
    if (!volume || storageClass?.allowVolumeExpansion !== true || !provisioners.includes(volume.metadata.annotations?.[provisionedBy] ?? '')) return;
    if (!this.#isHere(volume)) return;
    if (await expand(claim, volume, client)) this.#recorder.event(involved(persistentVolumeClaims, claim), 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
  }
}

const ignoreMissing = (error: unknown): undefined => {
  if (!isNotFound(error)) throw error;
};
