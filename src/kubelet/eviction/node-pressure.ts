/** What keeps a node's disks and memory from running full, put together: images nobody uses, records of ended Pods, eviction. */
import type { Clock } from '../../base/clock.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { CriRuntime } from '../cri/cri-runtime.ts';
import { ImageGarbage } from '../images/image-garbage.ts';
import type { EventRecorder } from '../pod-source.ts';
import type { PodWorkers } from '../pods/pod-workers.ts';
import type { VolumeManager } from '../volumes/volume-manager.ts';
import { EvictionManager } from './eviction-manager.ts';
import { podUsage } from './pod-usage.ts';
import type { MachineSignals } from './signals.ts';
import type { EvictionSettings } from './thresholds.ts';

export interface NodePressureOptions {
  readonly settings: EvictionSettings;
  readonly imageGarbage: { readonly highPercent?: number | undefined; readonly lowPercent?: number | undefined };
  readonly signals: MachineSignals;
  readonly cri: CriRuntime;
  readonly volumes: VolumeManager;
  /** Full names of images that stay though nothing uses them. */
  readonly pinnedImages: () => ReadonlySet<string>;
  readonly logs: string;
  readonly cgroupParent: string;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly workers: () => PodWorkers;
}

export interface NodePressureKeeper extends Closable {
  readonly eviction: EvictionManager;
  readonly images: ImageGarbage;
  start(): void;
}

export function keepFromPressure(options: NodePressureOptions): NodePressureKeeper {
  const { cri, signals, events, clock, log, workers, volumes, logs, cgroupParent } = options;
  const images = new ImageGarbage({
    ...options.imageGarbage, images: cri.images, runtime: cri.runtime, events, clock, log, pinned: options.pinnedImages,
    disk: () => signals.observe().get('imagefs.available') ?? { available: 0, capacity: 0 },
  });
  const eviction = new EvictionManager({
    settings: options.settings, signals, events, clock, log,
    pods: () => workers().pods(),
    usage: (pods) => podUsage(pods, { runtime: cri.runtime, volumes, logs, cgroupParent }),
    evict: async (pod, verdict) => workers().worker(pod.metadata.uid ?? '')?.evict(verdict),
    reclaimDisk: async () => {
      await workers().dropRecords();
      await images.removeUnused();
    },
  });
  return {
    eviction,
    images,
    start() {
      eviction.start();
      images.start();
    },
    close: async () => void (await Promise.all([eviction.close(), images.close()])),
  };
}
