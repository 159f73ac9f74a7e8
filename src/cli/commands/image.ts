/** `k8ts image`: the images on the node of an instance. */
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../../base/clock.ts';
import { openNodeRuntime, type NodeRuntime } from '../../cluster/node-runtime.ts';
import { namedFolder } from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { textTable } from '../text-table.ts';

export async function importImages(options: { readonly dataDir: string | undefined; readonly files: readonly string[] }): Promise<number> {
  const missing = options.files.find((file) => file !== '-' && !existsSync(file));
  if (missing !== undefined) throw new Failure(`there is no file ${missing}`);
  const runtime = openNodeRuntime(namedFolder(options.dataDir).root, systemClock);
  try {
    for (const file of options.files) {
      const names = file === '-' ? await importStandardInput(runtime) : await runtime.importImage(file);
      for (const name of names) process.stdout.write(`imported ${name}\n`);
    }
    return 0;
  } finally {
    runtime.close();
  }
}

/** Archives are read more than once, so what comes in is kept in a file meanwhile. */
async function importStandardInput(runtime: NodeRuntime): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-image-'));
  try {
    const file = path.join(folder, 'stdin.tar');
    await pipeline(process.stdin, createWriteStream(file));
    return await runtime.importImage(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function listImages(options: { readonly dataDir: string | undefined; readonly json: boolean; readonly quiet: boolean }): Promise<number> {
  const runtime = openNodeRuntime(namedFolder(options.dataDir).root, systemClock);
  try {
    const images = await runtime.images();
    if (options.json) process.stdout.write(`${JSON.stringify(images, undefined, 2)}\n`);
    else if (options.quiet) process.stdout.write(images.map(({ id }) => `${shortId(id)}\n`).join(''));
    else process.stdout.write(textTable(['IMAGE', 'ID', 'SIZE'], images.flatMap(({ names, id, size }) => (names.length > 0 ? names : ['<none>']).map((name) => [name, shortId(id), megabytes(size)]))));
    return 0;
  } finally {
    runtime.close();
  }
}

const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)}MB`;
