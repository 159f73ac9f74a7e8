/**
 * Bringing image archives into containerd: what `docker save` writes and OCI layouts, several images and tags in one file.
 * containerd's own client does the reading, streamed; this checks the archive first and says what came in.
 */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { pauseImage } from '../containerd/config.ts';
import type { Containerd } from '../containerd/containerd.ts';
import { buildOciArchive, imageArchitecture } from './oci-archive.ts';
import { pauseProgram } from './pause-program.ts';
import { fullImageName } from './reference.ts';
import { tarMembers } from './tar.ts';

export class ImageImportError extends Error {
  override readonly name = 'ImageImportError';
}

/** What is needed of a running containerd. */
export type ImportTarget = Pick<Containerd, 'machine' | 'paths'>;

/** Imports a docker-archive or OCI-layout file, gzipped or not; answers the full names it brought. */
export async function importImageFile(containerd: ImportTarget, file: string): Promise<readonly string[]> {
  const compressed = await isGzip(file);
  const names = compressed ? [] : await archiveNames(file);
  if (!compressed && names.length === 0) throw new ImageImportError(`${file} names no image: it is neither a docker archive with tags nor an OCI layout with references`);
  const printed = await runCtr(containerd, createReadStream(file), compressed);
  return names.length > 0 ? names : printed;
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

/** The names in an uncompressed archive: OCI annotations or docker's RepoTags. */
async function archiveNames(file: string): Promise<string[]> {
  const handle = await open(file);
  try {
    const names = new Set<string>();
    for await (const member of tarMembers(handle)) {
      if ((member.name !== 'index.json' && member.name !== 'manifest.json') || member.size > 16 * 1024 * 1024) continue;
      const content = Buffer.alloc(member.size);
      await handle.read(content, 0, member.size, member.offset);
      for (const name of namesIn(JSON.parse(content.toString('utf8')) as unknown)) names.add(fullImageName(name));
    }
    return [...names];
  } catch (error) {
    throw new ImageImportError(`${file} cannot be read as an image archive`, { cause: error });
  } finally {
    await handle.close();
  }
}

interface IndexFile {
  readonly manifests?: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
}
type DockerManifest = readonly { readonly RepoTags?: readonly string[] | null }[];

function namesIn(parsed: unknown): string[] {
  if (Array.isArray(parsed)) return (parsed as DockerManifest).flatMap((image) => image.RepoTags ?? []);
  return ((parsed as IndexFile).manifests ?? []).flatMap(({ annotations = {} }) => {
    const name = annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name'];
    return name === undefined ? [] : [name];
  });
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const magic = Buffer.alloc(2);
    await handle.read(magic, 0, 2, 0);
    return magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

async function runCtr(containerd: ImportTarget, archive: Readable, compressed: boolean): Promise<string[]> {
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
  return [...stdout.matchAll(/^unpacking (\S+) /gm)].map((match) => match[1] ?? '');
}
