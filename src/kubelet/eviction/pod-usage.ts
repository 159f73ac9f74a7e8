/** What the Pods of a node use of it. Upstream: pkg/kubelet/stats/cri_stats_provider.go, pkg/kubelet/eviction/helpers.go */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import { podCgroup } from '../pods/resources.ts';
import { containerNameLabel, logFolder, podUidLabel } from '../pods/runtime-labels.ts';
import { diskUse, type DiskUse } from '../volumes/disk-use.ts';
import type { VolumeManager } from '../volumes/volume-manager.ts';
import type { PodUse } from './ranking.ts';

export interface PodUsageSources {
  readonly runtime: Pick<RuntimeService, 'containerStats'>;
  readonly volumes: Pick<VolumeManager, 'emptyDirFolder'>;
  /** The folder with `pods/`. */
  readonly logs: string;
  readonly cgroupParent: string;
}

/** By UID. */
export async function podUsage(pods: readonly Pod[], sources: PodUsageSources): Promise<ReadonlyMap<string, PodUse>> {
  const stats = await sources.runtime.containerStats();
  const uses = await Promise.all(pods.map(async (pod): Promise<[string, PodUse]> => {
    const uid = pod.metadata.uid ?? '';
    const own = stats.filter(({ attributes }) => attributes?.labels[podUidLabel] === uid);
    const memory = new Map<string, number>();
    const layers = new Map<string, number>();
    let disk = 0;
    let inodes = 0;
    for (const { attributes, memory: used, writableLayer } of own) {
      const name = attributes?.labels[containerNameLabel] ?? '';
      const logs = await diskUse(path.join(sources.logs, 'pods', logFolder(pod), name));
      const layer = (writableLayer?.usedBytes?.value ?? 0) + logs.bytes;
      memory.set(name, used?.workingSetBytes?.value ?? 0);
      layers.set(name, layer);
      disk += layer;
      inodes += (writableLayer?.inodesUsed?.value ?? 0) + logs.inodes;
    }
    for (const volume of await volumeUses(pod, sources)) {
      disk += volume.bytes;
      inodes += volume.inodes;
    }
    const total = [...memory.values()].reduce((sum, bytes) => sum + bytes, 0);
    return [uid, { memory: total, disk, inodes, processes: processesIn(podCgroup(sources.cgroupParent, pod)), containers: memory, layers }];
  }));
  return new Map(uses);
}

function volumeUses(pod: Pod, { volumes }: PodUsageSources): Promise<DiskUse[]> {
  const own = (pod.spec?.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium !== 'Memory');
  return Promise.all(own.map(({ name }) => diskUse(volumes.emptyDirFolder(pod, name))));
}

function processesIn(group: string): number {
  for (const root of ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']) {
    try {
      return Number(readFileSync(path.join(root, group, 'pids.current'), 'utf8'));
    } catch {
      continue; // the other version, or a Pod that has ended
    }
  }
  return 0;
}
