/**
 * Keeps containers' logs small: a log of more than 10 MiB is put aside under the time of day and the runtime opens a new one;
 * of those put aside, all but the newest are compressed, and five files are kept in all.
 * Upstream: pkg/kubelet/logs/container_log_manager.go
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { ContainerState } from '../cri/messages.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';

export interface LogRotationOptions {
  readonly runtime: Pick<RuntimeService, 'listContainers' | 'containerStatus' | 'reopenContainerLog'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** 10 MiB by default. */
  readonly maxBytes?: number | undefined;
  /** 5 by default. */
  readonly maxFiles?: number | undefined;
  /** 10 s by default. */
  readonly everyMs?: number | undefined;
}

export class LogRotation {
  readonly #options: LogRotationOptions;
  readonly #closing = new AbortController();
  readonly #loop: Promise<void>;
  /** Log paths of running containers: asked of the runtime once each. */
  readonly #paths = new Map<string, string>();

  constructor(options: LogRotationOptions) {
    this.#options = options;
    this.#loop = this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#loop;
  }

  /** One look at all logs. */
  async rotate(): Promise<void> {
    const { runtime, log } = this.#options;
    const running = await runtime.listContainers({ state: { state: ContainerState.RUNNING } });
    const ids = new Set(running.map(({ id }) => id));
    for (const id of this.#paths.keys()) if (!ids.has(id)) this.#paths.delete(id);
    for (const { id } of running) {
      try {
        const file = this.#paths.get(id) ?? (await runtime.containerStatus(id)).logPath;
        this.#paths.set(id, file);
        if (file !== '' && (await sizeOf(file)) > (this.#options.maxBytes ?? 10 * 1024 * 1024)) await this.#rotateOne(id, file);
      } catch (error) {
        log.warn('a log could not be rotated', { container: id, error: messageOf(error) });
      }
    }
  }

  async #run(): Promise<void> {
    const { clock, everyMs = 10_000, log } = this.#options;
    const { signal } = this.#closing;
    for (;;) {
      await clock.sleep(everyMs, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.rotate().catch((error: unknown) => log.debug('logs were not looked at', { error: messageOf(error) }));
    }
  }

  async #rotateOne(id: string, file: string): Promise<void> {
    const { runtime, clock, maxFiles = 5 } = this.#options;
    const rotated = await rotatedLogs(file);
    for (const old of rotated.slice(0, Math.max(0, rotated.length - (maxFiles - 2)))) await rm(old, { force: true });
    for (const plain of rotated.filter((name) => !name.endsWith('.gz'))) await compress(plain).catch(() => undefined);
    const stamp = new Date(clock.now()).toISOString().replaceAll(/[-:]|\..*$/g, '').replace('T', '-');
    const aside = `${file}.${stamp}`;
    await rename(file, aside);
    try {
      await runtime.reopenContainerLog(id);
    } catch (error) {
      await rename(aside, file);
      throw error;
    }
  }
}

/** The files put aside for a log, oldest first. */
export async function rotatedLogs(file: string): Promise<string[]> {
  const start = `${path.basename(file)}.`;
  const names = await readdir(path.dirname(file));
  return names.filter((name) => name.startsWith(start) && !name.endsWith('.tmp')).sort().map((name) => path.join(path.dirname(file), name));
}

async function compress(file: string): Promise<void> {
  await pipeline(createReadStream(file), createGzip(), createWriteStream(`${file}.gz.tmp`));
  await rename(`${file}.gz.tmp`, `${file}.gz`);
  await rm(file, { force: true });
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
