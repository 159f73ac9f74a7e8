/**
 * Removes images that no container uses when the disk fills up: those used longest ago first, until enough is free.
 *
 * Pinned images stay: by the runtime's word, or because they were brought in by hand (pinned-images.ts).
 * Upstream: pkg/kubelet/images/image_gc_manager.go
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { pauseImage } from '../containerd/config.ts';
import type { Image } from '../cri/messages.ts';
import type { ImageService, RuntimeService } from '../cri/runtime-service.ts';
import type { EventRecorder } from '../pod-source.ts';

export interface ImageGarbageOptions {
  readonly images: Pick<ImageService, 'listImages' | 'removeImage'>;
  readonly runtime: Pick<RuntimeService, 'listContainers'>;
  /** Full names of images that stay. */
  readonly pinned?: (() => ReadonlySet<string>) | undefined;
  /** The disk that images are on. */
  readonly disk: () => { readonly available: number; readonly capacity: number };
  readonly events: Pick<EventRecorder, 'nodeEvent'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Percent of the disk in use at which images are removed, and down to which; 85 and 80 by default, 100 for never. */
  readonly highPercent?: number | undefined;
  readonly lowPercent?: number | undefined;
}

const everyMs = 300_000;
/** An image that was found here later than this long ago stays: the container it was pulled for may be about to start. */
const minimumAgeMs = 120_000;

interface Known {
  readonly image: Image;
  readonly foundAt: number;
  /** Monotonic ms; -Infinity where no use was seen. */
  usedAt: number;
}

export class ImageGarbage {
  readonly #options: ImageGarbageOptions;
  readonly #known = new Map<string, Known>();
  readonly #closing = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: ImageGarbageOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#repeat();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** Frees what is above the low mark where use is above the high one. */
  async collect(): Promise<void> {
    const { disk, events, highPercent = 85, lowPercent = 80 } = this.#options;
    await this.#detect();
    const { available, capacity } = disk();
    if (capacity === 0) return events.nodeEvent('Warning', 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem');
    const usedPercent = 100 - Math.floor((available * 100) / capacity);
    if (highPercent >= 100 || usedPercent < highPercent) return;
    const wanted = Math.floor((capacity * (100 - lowPercent)) / 100) - available;
    const freed = await this.#free(wanted);
    if (freed < wanted) events.nodeEvent('Warning', 'FreeDiskSpaceFailed', `Failed to garbage collect required amount of images. Attempted to free ${wanted} bytes, but only found ${freed} bytes eligible to free.`);
  }

  /** Removes all images that no container uses. Answers how many bytes they had. */
  async removeUnused(): Promise<number> {
    await this.#detect();
    return this.#free(Infinity);
  }

  async #repeat(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await this.collect().catch((error: unknown) => log.warn('images could not be looked through', { error: messageOf(error) }));
      await clock.sleep(everyMs, { signal }).catch(() => undefined);
    }
  }

  /** Answers nothing; afterwards `#known` has what is here, and when it was used last. */
  async #detect(): Promise<void> {
    const { images, runtime, clock } = this.#options;
    const [present, containers] = await Promise.all([images.listImages(), runtime.listContainers()]);
    const used = new Set(containers.flatMap(({ imageRef, image, imageId }) => [imageRef, image?.image ?? '', imageId]));
    const now = clock.monotonic();
    const ids = new Set(present.map(({ id }) => id));
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    for (const image of present) {
      const known = this.#known.get(image.id) ?? { image, foundAt: now, usedAt: -Infinity };
      if ([image.id, ...image.repoTags, ...image.repoDigests].some((name) => used.has(name))) known.usedAt = now;
      this.#known.set(image.id, { ...known, image });
    }
  }

  async #free(wanted: number): Promise<number> {
    const { images, clock, log } = this.#options;
    const now = clock.monotonic();
    const pinned = this.#options.pinned?.() ?? new Set<string>();
    const candidates = [...this.#known.values()]
      .filter(({ image, usedAt, foundAt }) => usedAt < now && now - foundAt >= minimumAgeMs && mayGo(image, pinned))
      .sort((a, b) => (a.usedAt === b.usedAt ? a.foundAt - b.foundAt : a.usedAt - b.usedAt));
    let freed = 0;
    for (const { image } of candidates) {
      if (freed >= wanted) break;
      try {
        await images.removeImage(image.id);
      } catch (error) {
        log.warn('an image could not be removed', { image: image.repoTags[0] ?? image.id, error: messageOf(error) });
        continue;
      }
      log.info('removed an image that nothing uses', { image: image.repoTags[0] ?? image.id, bytes: image.size });
      this.#known.delete(image.id);
      freed += image.size;
    }
    return freed;
  }
}

const mayGo = (image: Image, pinned: ReadonlySet<string>): boolean => !image.pinned && !image.repoTags.some((name) => name === pauseImage || pinned.has(name));
