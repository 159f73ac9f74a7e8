/**
 * Bringing image archives into containerd: what `docker save` writes and OCI layouts, several images and tags in one file.
 * containerd's own client does the reading, streamed; this checks the archive first and says what came in.
 */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { pauseImage } from '../containerd/config.ts';
import type { Containerd } from '../containerd/containerd.ts';
import { ImageImportError, readArchive } from './archive-contents.ts';
import { buildOciArchive, imageArchitecture } from './oci-archive.ts';
import { pauseProgram } from './pause-program.ts';
import { pinImages } from './pinned-images.ts';

export { ImageImportError } from './archive-contents.ts';

/** What is needed of a running containerd. */
export type ImportTarget = Pick<Containerd, 'machine' | 'paths'>;

/** Imports a docker-archive or OCI-layout file, gzipped or not; answers the full names it brought. What came in by hand stays until it is removed by hand. */
export async function importImageFile(containerd: ImportTarget, file: string): Promise<readonly string[]> {
  const { compressed, names } = await readArchive(file);
  await runCtr(containerd, createReadStream(file), compressed);
  pinImages(containerd.paths, names);
  return names;
}

export async function importImageBytes(containerd: ImportTarget, archive: Uint8Array): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'k8ts-image-'));
  try {
    const file = path.join(folder, 'image.tar');
    await writeFile(file, archive);
    return await importImageFile(containerd, file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The image of Pods' sandboxes; made here, never pulled. Nothing happens where it is there already. */
export async function ensurePauseImage(containerd: Containerd): Promise<void> {
  if (await containerd.cri.images.imageStatus(pauseImage)) return;
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  await importImageBytes(containerd, buildOciArchive({
    names: [pauseImage],
    architecture: imageArchitecture(architecture),
    layers: [[{ name: 'pause', mode: 0o755, content: pauseProgram(architecture) }]],
    entrypoint: ['/pause'],
    user: '65535:65535',
  }));
}

async function runCtr(containerd: ImportTarget, archive: Readable, compressed: boolean): Promise<void> {
  const { machine, paths } = containerd;
  if (machine.ctr === undefined) throw new ImageImportError('the program ctr is missing: it comes with containerd');
  const child = spawn(machine.ctr, ['--address', paths.socket, '--namespace', 'k8s.io', 'images', 'import', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  // A broken pipe here is explained by what the program prints.
  const fed = (compressed ? pipeline(archive, createGunzip(), child.stdin) : pipeline(archive, child.stdin)).catch(() => undefined);
  const code = await ended;
  await fed;
  if (code !== 0) throw new ImageImportError(`importing the image failed: ${stderr.trim() || stdout.trim()}`);
}
