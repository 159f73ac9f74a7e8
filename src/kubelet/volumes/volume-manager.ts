/**
 * Pods' volumes on this node. The layout below a Pod's folder is upstream's: volumes/kubernetes.io~empty-dir/<name> and so on.
 * Files that may be secret lie in memory, below the instance's folder in /run.
 */
import { chmod, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import { selectorMatcher } from '../../resources/core/node-selector.ts';
import type { HostPathVolumeSource, NFSVolumeSource, PersistentVolume, Pod, Volume, VolumeMount } from '../../resources/types/core-v1.ts';
import { isMountPoint, mountsBelow, unmountBelow } from '../containerd/mounts.ts';
import type { NodeObjects } from '../pod-source.ts';
import type { PodFacts } from '../pods/field-ref.ts';
import { writePayload } from './atomic-writer.ts';
import { memorySize, outgrown } from './empty-dir-usage.ts';
import { ExclusiveUse } from './exclusive-use.ts';
import { giveToGroup } from './fs-group.ts';
import { openHostPath } from './host-path.ts';
import { mountNfs } from './nfs.ts';
import { bindOpened, openBelow, run } from './open-path.ts';
import { isProjection, NamedVolumeError, projectedFiles, VolumeError } from './projection.ts';
import { bindSubPath } from './sub-path.ts';
import { readTextBelow } from './text-file.ts';
import { TokenCache } from './token-cache.ts';

export interface VolumeManagerOptions {
  /** The folder of Pods' folders. */
  readonly pods: string;
  /** A folder in memory. */
  readonly memory: string;
  readonly objects: NodeObjects;
  readonly clock: Clock;
}

interface ClaimUse {
  readonly claimName: string;
  readonly readOnly?: boolean | undefined;
  /** The claim was made for the Pod alone. */
  readonly isOwn?: boolean | undefined;
}

export type MountedVolumes = ReadonlyMap<string, { readonly hostPath: string; readonly readOnly: boolean }>;

export class VolumeManager {
  readonly #options: VolumeManagerOptions;
  readonly #tokens: TokenCache;
  /** Pods' folders that were given to their group. */
  readonly #given = new Set<string>();
  readonly #alone: ExclusiveUse;

  constructor(options: VolumeManagerOptions) {
    this.#options = options;
    this.#tokens = new TokenCache(options.objects, options.clock);
    this.#alone = new ExclusiveUse(options.pods);
  }

  podFolder(uid: string): string {
    return path.join(this.#options.pods, uid);
  }

  /** Makes all of a Pod's volumes ready, or brings their contents up to date. Throws VolumeError. */
  async mount(pod: Pod, facts: PodFacts): Promise<MountedVolumes> {
    const mounted = new Map<string, { hostPath: string; readOnly: boolean }>();
    for (const volume of pod.spec?.volumes ?? []) {
      try {
        mounted.set(volume.name, await this.#mountOne(pod, volume, facts));
      } catch (error) {
        throw named(volume, error);
      }
    }
    return mounted;
  }

  /** Brings volumes made from API objects up to date; true where files changed. Throws VolumeError, and leaves what is there as it is. */
  async refresh(pod: Pod, facts: PodFacts): Promise<boolean> {
    let changed = false;
    for (const volume of pod.spec?.volumes ?? []) {
      if (!isProjection(volume)) continue;
      try {
        changed = (await this.#project(pod, volume, facts)).changed || changed;
      } catch (error) {
        throw named(volume, error);
      }
    }
    return changed;
  }

  /** After how many ms a Pod's volumes are to be refreshed though nobody changed anything: tokens come to their end. */
  renewalIn(uid: string): number | undefined {
    return this.#tokens.dueIn(uid);
  }

  /** The folder or file that a container's mount shows; binds subPaths. */
  async mountSource(pod: Pod, container: string, mount: VolumeMount, index: number, hostPath: string, subPath: string): Promise<string> {
    if (subPath === '') return hostPath;
    const target = path.join(this.podFolder(pod.metadata.uid ?? ''), 'volume-subpaths', mount.name, container, String(index));
    return bindSubPath(hostPath, subPath, target);
  }

  /** Unmounts and deletes all that a Pod has here. */
  async remove(uid: string): Promise<void> {
    this.#tokens.forget(uid);
    for (const key of this.#given) if (key.startsWith(`${uid}:`)) this.#given.delete(key);
    for (const folder of [this.podFolder(uid), path.join(this.#options.memory, uid)]) {
      unmountBelow(folder);
      // What is still mounted is not ours to delete: it may be a folder of the host.
      const [left] = mountsBelow(folder);
      if (left !== undefined) throw new VolumeError(`${left} could not be unmounted`);
      await rm(folder, { recursive: true, force: true });
    }
    this.#alone.forget(uid);
  }

  /** Why a Pod that holds more than its emptyDir volumes may must go; undefined where it may stay. */
  outgrown(pod: Pod): Promise<string | undefined> {
    return outgrown(pod, (name) => this.emptyDirFolder(pod, name));
  }

  /** UIDs of Pods that have something here. */
  async known(): Promise<readonly string[]> {
    try {
      return await readdir(this.#options.pods);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async #mountOne(pod: Pod, volume: Volume, facts: PodFacts): Promise<{ hostPath: string; readOnly: boolean }> {
    if (volume.hostPath) return { hostPath: await this.#hostPath(pod, volume.name, volume.name, volume.hostPath), readOnly: false };
    if (isProjection(volume)) return { hostPath: (await this.#project(pod, volume, facts)).folder, readOnly: true };
    if (volume.persistentVolumeClaim) return this.#claim(pod, volume.name, volume.persistentVolumeClaim);
    if (volume.ephemeral) return this.#claim(pod, volume.name, { claimName: `${pod.metadata.name}-${volume.name}`, isOwn: true });
    if (volume.nfs) return { hostPath: await this.#nfs(pod, volume.name, volume.nfs), readOnly: volume.nfs.readOnly === true };
    if (volume.emptyDir) return { hostPath: await this.#emptyDir(pod, volume), readOnly: false };
    const kind = Object.keys(volume).find((key) => key !== 'name');
    if (kind === undefined) return { hostPath: await this.#emptyDir(pod, volume), readOnly: false };
    throw new VolumeError(`no volume plugin matched: volumes of kind ${kind} are not supported on this node`);
  }

  /** Where an emptyDir volume of a Pod is. */
  emptyDirFolder(pod: Pod, name: string): string {
    return path.join(this.podFolder(pod.metadata.uid ?? ''), 'volumes/kubernetes.io~empty-dir', name);
  }

  /** A text file in an emptyDir volume; undefined where there is none. Throws VolumeError. */
  emptyDirFile(pod: Pod, name: string, file: string): Promise<string | undefined> {
    return readTextBelow(this.emptyDirFolder(pod, name), file);
  }

  async #emptyDir(pod: Pod, volume: Volume): Promise<string> {
    const folder = this.emptyDirFolder(pod, volume.name);
    const fresh = (await mkdir(folder, { recursive: true, mode: 0o750 })) !== undefined;
    if (volume.emptyDir?.medium === 'Memory' && !isMountPoint(folder)) {
      const size = memorySize(volume, pod, this.#options.objects.node()?.status?.allocatable?.['memory']);
      await run('mount', ['-t', 'tmpfs', '-o', size > 0 ? `size=${size}` : 'rw', 'tmpfs', folder]);
    }
    if (fresh || volume.emptyDir?.medium === 'Memory') await chmod(folder, 0o777);
    await this.#give(pod, folder);
    return folder;
  }

  async #project(pod: Pod, volume: Volume, facts: PodFacts): Promise<{ folder: string; changed: boolean }> {
    const { objects, clock } = this.#options;
    const files = await projectedFiles(volume, { pod, objects, tokens: this.#tokens, facts });
    const uid = pod.metadata.uid ?? '';
    const secret = volume.secret !== undefined || volume.projected !== undefined;
    const kind = volume.configMap ? 'configmap' : volume.secret ? 'secret' : volume.projected ? 'projected' : 'downward-api';
    const folder = path.join(secret ? path.join(this.#options.memory, uid) : this.podFolder(uid), `volumes/kubernetes.io~${kind}`, volume.name);
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await chmod(folder, 0o755);
    // The Pod's own folder exists for each Pod that has volumes: cleaning up goes by it.
    await mkdir(this.podFolder(uid), { recursive: true, mode: 0o750 });
    const group = pod.spec?.securityContext?.fsGroup;
    const shared = group === undefined ? files : new Map([...files].map(([name, file]) => [name, { ...file, mode: file.mode | ((file.mode & 0o700) >> 3) }]));
    try {
      return { folder, changed: await writePayload(folder, shared, clock, group) };
    } catch (error) {
      throw new VolumeError(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  /** Where a bound claim's volume is. What is wrong with the volume is told under the volume's name. */
  async #claim(pod: Pod, volumeName: string, { claimName, readOnly = false, isOwn = false }: ClaimUse): Promise<{ hostPath: string; readOnly: boolean }> {
    const { objects } = this.#options;
    const namespace = pod.metadata.namespace ?? '';
    const unprocessed = (why: string): VolumeError => new NamedVolumeError(`Unable to attach or mount volumes: unmounted volumes=[${volumeName}], unattached volumes=[], failed to process volumes=[${volumeName}]: ${why}`);
    const unusable = (why: string): VolumeError => unprocessed(`error processing PVC ${namespace}/${claimName}: ${why}`);
    const claim = await objects.persistentVolumeClaim(namespace, claimName);
    if (!claim) throw unusable(`failed to fetch PVC from API server: persistentvolumeclaims "${claimName}" not found`);
    // A claim of that name may have been there before the Pod.
    if (isOwn && !claim.metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === pod.metadata.uid)) throw unprocessed(`PVC ${namespace}/${claimName} was not created for pod ${namespace}/${pod.metadata.name ?? ''} (pod is not owner)`);
    if (claim.metadata.deletionTimestamp !== undefined && !hasRun(pod)) throw unusable('PVC is being deleted');
    const { volumeName: bound } = claim.spec ?? {};
    if (!bound || claim.status?.phase !== 'Bound') throw unusable('PVC is not bound');
    const volume = await objects.persistentVolume(bound);
    if (!volume) throw unusable(`failed to fetch PV ${bound} from API server: persistentvolumes "${bound}" not found`);
    if (volume.spec?.accessModes?.includes('ReadWriteOncePod') === true) this.#useAlone(pod, bound);
    if (volume.spec?.claimRef?.uid !== undefined && volume.spec.claimRef.uid !== claim.metadata.uid) throw unusable(`PVC ${namespace}/${claimName} is bound to PV ${bound}, which is another claim's`);
    return { hostPath: await this.#persistent(pod, volumeName, volume), readOnly };
  }

  async #persistent(pod: Pod, mountedAs: string, volume: PersistentVolume): Promise<string> {
    const name = volume.metadata.name ?? '';
    this.#checkReach(volume);
    if (volume.spec?.volumeMode === 'Block') throw new NamedVolumeError(`MapVolume.SetUp failed for volume "${name}" : block volumes are not supported on this node`);
    try {
      if (volume.spec?.hostPath) return await this.#hostPath(pod, name, mountedAs, volume.spec.hostPath);
      if (volume.spec?.nfs) return await this.#nfs(pod, name, volume.spec.nfs, volume.spec.mountOptions);
      if (volume.spec?.local) return await this.#local(pod, name, mountedAs, volume.spec.local.path);
    } catch (error) {
      throw error instanceof NamedVolumeError ? error : new NamedVolumeError(`MountVolume.SetUp failed for volume "${name}" : ${messageOf(error)}`, { cause: error });
    }
    throw new NamedVolumeError(`MountVolume.NewMounter initialization failed for volume "${name}" : no volume plugin matched: its kind is not supported on this node`);
  }

  /** A volume that is not everywhere says from which nodes it can be reached. */
  #checkReach({ metadata, spec }: PersistentVolume): void {
    const node = this.#options.objects.node();
    const required = spec?.nodeAffinity?.required;
    if (!node || !required || selectorMatcher(required)({ name: node.metadata.name ?? '', labels: node.metadata.labels ?? {} })) return;
    throw new NamedVolumeError(`MountVolume.NodeAffinity check failed for volume "${metadata.name ?? ''}" : no matching NodeSelectorTerms`);
  }

  /** Takes a ReadWriteOncePod volume for the Pod until all that it has here is removed. */
  #useAlone(pod: Pod, volume: string): void {
    if (this.#alone.take(volume, pod.metadata.uid ?? '')) return;
    throw new NamedVolumeError(`MountVolume.SetUp failed for volume "${volume}" : volume uses the ReadWriteOncePod access mode and is already in use by another pod`);
  }

  async #nfs(pod: Pod, name: string, source: NFSVolumeSource, options: readonly string[] = []): Promise<string> {
    const folder = path.join(this.podFolder(pod.metadata.uid ?? ''), 'volumes/kubernetes.io~nfs', name);
    await mkdir(folder, { recursive: true, mode: 0o750 });
    if (!isMountPoint(folder)) await mountNfs(source, folder, options);
    return folder;
  }

  /**
   * What was checked is bound to a place of our own, and that is what containers get. Mounts below it, and those that containers and host
   * are to see of one another, would be lost by that: then the path itself is it.
   */
  async #hostPath(pod: Pod, name: string, mountedAs: string, source: HostPathVolumeSource): Promise<string> {
    const opened = await openHostPath(source.path, source.type ?? '');
    if (!opened) return source.path;
    try {
      const holdsMounts = mountsBelow(opened.path).some((mount) => mount !== opened.path);
      return holdsMounts || isPropagated(pod, mountedAs) ? source.path : await bindOpened(opened.handle, this.#place(pod, 'host-path', name));
    } finally {
      await opened.handle.close();
    }
  }

  async #local(pod: Pod, name: string, mountedAs: string, folder: string): Promise<string> {
    const real = await realpath(folder).catch((error: unknown) => {
      throw new NamedVolumeError(`MountVolume.NewMounter initialization failed for volume "${name}" : path "${folder}" does not exist`, { cause: error });
    });
    const handle = await openBelow('/', real);
    try {
      await this.#give(pod, `/proc/self/fd/${handle.fd}`, folder);
      return isPropagated(pod, mountedAs) ? folder : await bindOpened(handle, this.#place(pod, 'local-volume', name));
    } finally {
      await handle.close();
    }
  }

  #place(pod: Pod, kind: string, name: string): string {
    return path.join(this.podFolder(pod.metadata.uid ?? ''), `volumes/kubernetes.io~${kind}`, name);
  }

  /** Gives a folder to the Pod's group when the Pod first mounts it; looking again would cost each container start. */
  async #give(pod: Pod, folder: string, name = folder): Promise<void> {
    const { fsGroup, fsGroupChangePolicy } = pod.spec?.securityContext ?? {};
    const key = `${pod.metadata.uid ?? ''}:${name}`;
    if (fsGroup === undefined || this.#given.has(key)) return;
    await giveToGroup(folder, fsGroup, fsGroupChangePolicy === 'OnRootMismatch' || hasRun(pod) ? 'OnRootMismatch' : 'Always');
    this.#given.add(key);
  }
}

/** Whether a container sees mounts that come later, or others see its own. */
const isPropagated = ({ spec }: Pod, volume: string): boolean =>
  [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ volumeMounts = [] }) => volumeMounts.some(({ name, mountPropagation = 'None' }) => name === volume && mountPropagation !== 'None'));

/** Whether containers of the Pod have been started: what it uses it may go on using. */
const hasRun = ({ status }: Pod): boolean => [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].some(({ containerID }) => Boolean(containerID));

function named(volume: Volume, error: unknown): VolumeError {
  return error instanceof NamedVolumeError ? error : new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${messageOf(error)}`, { cause: error });
}
