import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../base/log.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { pauseImage } from '../containerd/config.ts';
import type { Container, Image } from '../cri/messages.ts';
import { ImageGarbage } from './image-garbage.ts';

const gi = 1 << 30;

class Disk {
  readonly clock = new SteppedClock();
  readonly events: string[] = [];
  readonly images = new Map<string, Image>();
  running: readonly string[] = [];
  used = 0;
  readonly pinned = new Set<string>();
  readonly capacity = 100 * gi;
  readonly garbage = new ImageGarbage({
    images: {
      listImages: () => Promise.resolve([...this.images.values()]),
      removeImage: (id) => {
        this.used -= this.images.get(id)?.size ?? 0;
        this.images.delete(id);
        return Promise.resolve();
      },
    },
    runtime: { listContainers: () => Promise.resolve(this.running.map((imageRef) => ({ id: `of-${imageRef}`, imageRef, imageId: '', labels: {}, annotations: {} }) as Partial<Container> as Container)) },
    pinned: () => this.pinned,
    disk: () => ({ available: this.capacity - this.used, capacity: this.capacity }),
    events: { nodeEvent: (type, reason, message) => void this.events.push(`${type} ${reason} ${message}`) },
    clock: this.clock, log: silentLogger,
  });

  add(id: string, size: number, more: Partial<Image> = {}): void {
    this.images.set(id, { id, size, repoTags: [`r.example/${id}:1`], repoDigests: [`r.example/${id}@sha256:0`], username: '', pinned: false, ...more });
  }

  /** Looks as the loop does, after `minutes`. */
  async after(minutes: number): Promise<string[]> {
    await this.clock.advance(minutes * 60_000);
    await this.garbage.collect();
    return [...this.images.keys()];
  }
}

test('above the high mark the images used longest ago go, until the low mark is reached', async () => {
  const disk = new Disk();
  for (const id of ['never', 'early', 'late', 'now']) disk.add(id, 3 * gi);
  disk.used = 70 * gi;
  disk.running = ['early', 'late', 'now'];
  await disk.after(0);
  disk.running = ['late', 'now'];
  await disk.after(5);
  disk.running = ['now'];
  assert.deepEqual(await disk.after(5), ['never', 'early', 'late', 'now'], 'below the mark nothing goes');
  disk.used = 85 * gi;
  assert.deepEqual(await disk.after(5), ['late', 'now']);
  assert.deepEqual(disk.events, []);
});

test('what is used, young, pinned or the pause image stays, and that too little was freed is told', async () => {
  const disk = new Disk();
  disk.add('used', gi);
  disk.add('by-hand', gi, { repoDigests: [] });
  disk.pinned.add('r.example/by-hand:1');
  disk.add('pinned', gi, { pinned: true });
  disk.add('pause', gi, { repoTags: [pauseImage] });
  disk.running = ['used'];
  disk.used = 90 * gi;
  await disk.after(0);
  disk.add('young', gi);
  assert.deepEqual(await disk.after(1), ['used', 'by-hand', 'pinned', 'pause', 'young']);
  assert.equal(disk.events.at(-1), `Warning FreeDiskSpaceFailed Failed to garbage collect required amount of images. Attempted to free ${10 * gi} bytes, but only found 0 bytes eligible to free.`);
  assert.deepEqual(await disk.after(2), ['used', 'by-hand', 'pinned', 'pause']);
});

test('under disk pressure all that nothing uses goes', async () => {
  const disk = new Disk();
  disk.add('used', gi);
  disk.add('unused', gi);
  disk.add('of-no-registry', gi, { repoDigests: [] });
  disk.running = ['used'];
  disk.used = 10 * gi;
  await disk.after(0);
  await disk.clock.advance(180_000);
  assert.equal(await disk.garbage.removeUnused(), 2 * gi);
  assert.deepEqual([...disk.images.keys()], ['used']);
});
