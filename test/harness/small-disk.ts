/** A disk of its own for one test, small enough to be filled: a tmpfs. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../../src/base/errors.ts';

export class SmallDisk {
  readonly folder: string;

  constructor(folder: string, megabytes: number) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    mount(['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'k8ts-test', folder]);
  }

  /** Takes all room that is left, by a file of no meaning. */
  fill(): void {
    const file = openSync(this.#filler, 'a');
    for (const size of [1 << 20, 1 << 12, 1]) {
      try {
        while (writeSync(file, Buffer.alloc(size)) > 0);
      } catch (error) {
        if (codeOf(error) !== 'ENOSPC') throw error;
      }
    }
    closeSync(file);
  }

  /** Gives back what `fill` took. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  makeReadOnly(): void {
    mount(['-o', 'remount,ro', this.folder]);
  }

  /** No process may have a file open on it any more. */
  close(): void {
    spawnSync('umount', [this.folder]);
  }

  get #filler(): string {
    return path.join(this.folder, 'filler');
  }
}

/** Why such a disk cannot be had here; false when it can. */
export const whyNoSmallDisk = (): string | false => (process.platform === 'linux' && process.getuid?.() === 0 ? false : 'mounting needs Linux and root');

function mount(args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}
