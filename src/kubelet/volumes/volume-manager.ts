/**
 * Pods' volumes on this node. The layout below a Pod's folder is upstream's: volumes/kubernetes.io~empty-dir/<name> and so on.
 * Files that may be secret lie in memory, below the instance's folder in /run.
 */
import { chmod, chown, lstat, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { codeOf, messageOf } from '../../base/errors.ts';
import type { PersistentVolume, Pod, Volume, VolumeMount } from '../../resources/types/core-v1.ts';
import { wholes } from '../amounts.ts';
import { isMountPoint, unmountBelow } from '../containerd/mounts.ts';
import type { NodeObjects } from '../pod-source.ts';
import type { PodFacts } from '../pods/field-ref.ts';
import { writePayload } from './atomic-writer.ts';
import { prepareHostPath } from './host-path.ts';
import { isProjection, projectedFiles, VolumeError } from './projection.ts';
import { bindSubPath, run } from './sub-path.ts';
import { TokenCache } from './token-cache.ts';

export interface VolumeManagerOptions {
  /** The folder of Pods' folders. */
  readonly pods: string;
  /** A folder in memory. */
  readonly memory: string;
  readonly objects: NodeObjects;
  readonly clock: Clock;
}

export type MountedVolumes = ReadonlyMap<string, { readonly hostPath: string; readonly readOnly: boolean }>;

export class VolumeManager {
  readonly #options: VolumeManagerOptions;
  readonly #tokens: TokenCache;

  constructor(options: VolumeManagerOptions) {
    this.#options = options;
    this.#tokens = new TokenCache(options.objects, options.clock);
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
        throw new VolumeError(`MountVolume.SetUp failed for volume "${volume.name}" : ${messageOf(error)}`, { cause: error });
      }
    }
    return mounted;
  }

  /** Brings volumes made from API objects up to date; true where files changed. */
  async refresh(pod: Pod, facts: PodFacts): Promise<boolean> {
    let changed = false;
    for (const volume of pod.spec?.volumes ?? []) {
      if (isProjection(volume)) changed = (await this.#project(pod, volume, facts)).changed || changed;
    }
    return changed;
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
    for (const folder of [this.podFolder(uid), path.join(this.#options.memory, uid)]) {
      unmountBelow(folder);
      await rm(folder, { recursive: true, force: true });
    }
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
    if (volume.hostPath) {
      await prepareHostPath(volume.hostPath.path, volume.hostPath.type ?? '');
      return { hostPath: volume.hostPath.path, readOnly: false };
    }
    if (isProjection(volume)) return { hostPath: (await this.#project(pod, volume, facts)).folder, readOnly: true };
    if (volume.persistentVolumeClaim) return this.#claim(pod, volume.persistentVolumeClaim.claimName, volume.persistentVolumeClaim.readOnly === true);
    if (volume.ephemeral) return this.#claim(pod, `${pod.metadata.name}-${volume.name}`, false);
    if (volume.emptyDir) return { hostPath: await this.#emptyDir(pod, volume), readOnly: false };
    const kind = Object.keys(volume).find((key) => key !== 'name');
    if (kind === undefined) return { hostPath: await this.#emptyDir(pod, volume), readOnly: false };
    throw new VolumeError(`no volume plugin matched: volumes of kind ${kind} are not supported on this node`);
  }

  async #emptyDir(pod: Pod, volume: Volume): Promise<string> {
    const folder = path.join(this.podFolder(pod.metadata.uid ?? ''), 'volumes/kubernetes.io~empty-dir', volume.name);
    const fresh = (await mkdir(folder, { recursive: true, mode: 0o750 })) !== undefined;
    if (volume.emptyDir?.medium === 'Memory' && !isMountPoint(folder)) {
      const size = wholes(volume.emptyDir.sizeLimit);
      await run('mount', ['-t', 'tmpfs', '-o', size > 0 ? `size=${size}` : 'rw', 'tmpfs', folder]);
    }
    if (fresh || volume.emptyDir?.medium === 'Memory') await chmod(folder, 0o777);
    await applyGroup(folder, pod.spec?.securityContext?.fsGroup);
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

  async #claim(pod: Pod, claimName: string, readOnly: boolean): Promise<{ hostPath: string; readOnly: boolean }> {
    const { objects } = this.#options;
    const claim = await objects.persistentVolumeClaim(pod.metadata.namespace ?? '', claimName);
    if (!claim) throw new VolumeError(`persistentvolumeclaim "${claimName}" not found`);
    if (claim.metadata.deletionTimestamp !== undefined && !(claim.metadata.finalizers ?? []).includes('kubernetes.io/pvc-protection')) {
      throw new VolumeError(`can't start pod because PVC ${claimName} is being deleted`);
    }
    const volumeName = claim.spec?.volumeName;
    if (!volumeName || claim.status?.phase !== 'Bound') throw new VolumeError(`PVC ${claimName} is not bound`);
    const volume = await objects.persistentVolume(volumeName);
    if (!volume) throw new VolumeError(`persistentvolume "${volumeName}" not found`);
    return { hostPath: await this.#persistent(pod, volume), readOnly };
  }

  async #persistent(pod: Pod, volume: PersistentVolume): Promise<string> {
    if (volume.spec?.hostPath) {
      await prepareHostPath(volume.spec.hostPath.path, volume.spec.hostPath.type ?? '');
      return volume.spec.hostPath.path;
    }
    if (volume.spec?.local) {
      const { path: local } = volume.spec.local;
      await stat(local).catch((error: unknown) => {
        throw new VolumeError(`local volume: path ${local} does not exist`, { cause: error });
      });
      await applyGroup(local, pod.spec?.securityContext?.fsGroup);
      return local;
    }
    throw new VolumeError(`volume ${volume.metadata.name ?? ''}: its kind is not supported on this node`);
  }
}

/** Gives a folder and all in it to the Pod's group, where it does not have it already. */
async function applyGroup(folder: string, group: number | undefined): Promise<void> {
  if (group === undefined) return;
  const stats = await lstat(folder);
  if (stats.gid === group && (stats.mode & 0o2000) !== 0) return;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) await applyGroup(child, group);
    else if (entry.isFile()) {
      await chown(child, -1, group);
      await chmod(child, (await stat(child)).mode | 0o060);
    }
  }
  await chown(folder, -1, group);
  await chmod(folder, (stats.mode & 0o7777) | 0o2070);
}
