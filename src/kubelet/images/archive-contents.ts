/** What an image archive has in it, gzipped or not: the names of its images; and where it is no image archive, what it is instead. */
import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { messageOf } from '../../base/errors.ts';
import { fullImageName } from './reference.ts';
import { tarMembers, type PositionedReader, type TarMember } from './tar.ts';

export class ImageImportError extends Error {
  override readonly name = 'ImageImportError';
}

export interface ArchiveContents {
  readonly compressed: boolean;
  /** Full names; at least one. */
  readonly names: readonly string[];
}

const understood = 'what docker save writes, and OCI layouts, as a tar archive, gzipped or not';

/** Throws ImageImportError that says what was found. */
export async function readArchive(file: string): Promise<ArchiveContents> {
  const refuse = (found: string, options?: ErrorOptions): ImageImportError => new ImageImportError(`${file} cannot be imported: ${found}. Understood is ${understood}.`, options);
  let handle: FileHandle;
  try {
    handle = await open(file);
  } catch (error) {
    throw new ImageImportError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
  try {
    if ((await handle.stat()).isDirectory()) throw refuse('it is a folder; an OCI layout is packed with tar -C FOLDER -cf FILE .');
    const start = await beginning(handle);
    const compressed = start[0] === 0x1f && start[1] === 0x8b;
    const stream = compressed ? handle.createReadStream({ start: 0, autoClose: false }).pipe(createGunzip()) : undefined;
    const wrapped = compressed ? 'inside of gzip ' : '';
    try {
      const reader = stream ? new ForwardReader(stream) : handle;
      const kind = kindOf(await beginning(reader));
      if (kind !== undefined) throw refuse(`${wrapped}it is ${kind}`);
      const found = await look(reader);
      if (found.names.length > 0) return { compressed, names: found.names };
      throw refuse(wrapped + whyNoImage(found));
    } catch (error) {
      throw error instanceof ImageImportError ? error : refuse(`${wrapped}it ends or breaks off: ${messageOf(error)}`, { cause: error });
    } finally {
      stream?.destroy();
    }
  } catch (error) {
    throw error instanceof ImageImportError ? error : new ImageImportError(`${file} cannot be read: ${messageOf(error)}`, { cause: error });
  } finally {
    await handle.close();
  }
}

async function beginning(reader: PositionedReader): Promise<Buffer> {
  const start = Buffer.alloc(512);
  const { bytesRead } = await reader.read(start, 0, start.length, 0);
  return start.subarray(0, bytesRead);
}

interface Found {
  readonly names: readonly string[];
  /** Which of the files that name images are there. */
  readonly lists: readonly string[];
  /** Names at the top of the archive. */
  readonly top: readonly string[];
}

const mostListBytes = 16 * 1024 * 1024;

async function look(reader: PositionedReader): Promise<Found> {
  const names = new Set<string>();
  const lists: string[] = [];
  const top = new Set<string>();
  for await (const member of tarMembers(reader)) {
    if (top.size < 4) top.add(member.name.split('/')[0] ?? '');
    if (member.name !== 'index.json' && member.name !== 'manifest.json') continue;
    lists.push(member.name);
    for (const name of namesIn(await parsed(reader, member))) names.add(fullImageName(name));
  }
  return { names: [...names], lists, top: [...top] };
}

async function parsed(reader: PositionedReader, { name, size, offset }: TarMember): Promise<unknown> {
  if (size > mostListBytes) throw new Error(`its ${name} has ${size} bytes`);
  const content = Buffer.alloc(size);
  await reader.read(content, 0, size, offset);
  try {
    return JSON.parse(content.toString('utf8')) as unknown;
  } catch (error) {
    throw new Error(`its ${name} is not JSON`, { cause: error });
  }
}

interface IndexFile {
  readonly manifests?: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
}
type DockerManifest = readonly { readonly RepoTags?: readonly string[] | null }[];

/** OCI annotations or docker's RepoTags. */
function namesIn(list: unknown): string[] {
  if (Array.isArray(list)) return (list as DockerManifest).flatMap((image) => image.RepoTags ?? []);
  return ((list as IndexFile | null)?.manifests ?? []).flatMap(({ annotations = {} }) => {
    const name = annotations['io.containerd.image.name'] ?? annotations['org.opencontainers.image.ref.name'];
    return name === undefined ? [] : [name];
  });
}

function whyNoImage({ lists, top }: Found): string {
  if (lists.length > 0) return `its ${lists.join(' and ')} ${lists.length === 1 ? 'names' : 'name'} no image: give it a name before it is saved (docker tag, or the annotation org.opencontainers.image.ref.name)`;
  if (top.length === 0) return 'it is a tar archive with nothing in it';
  if (top.some((name) => ['bin', 'etc', 'usr'].includes(name))) return `it is a tar archive of a file system (${top.join(', ')}...), as docker export writes; docker save writes images`;
  return `it is a tar archive of ${top.join(', ')}..., without a manifest.json or an index.json`;
}

const magics: readonly (readonly [string, string])[] = [
  ['28b52ffd', 'compressed with zstd; unpack it first (zstd -d)'], ['fd377a585a00', 'compressed with xz; unpack it first (xz -d)'], ['425a68', 'compressed with bzip2; unpack it first (bzip2 -d)'],
  ['504b0304', 'a zip archive'], ['7f454c46', 'a program'], ['68737173', 'a squashfs image, perhaps of Singularity or snap'],
];

/** What a file is by its first bytes; undefined for a tar archive. */
function kindOf(start: Buffer): string | undefined {
  if (start.length === 0) return 'empty';
  if (start.toString('latin1', 257, 262) === 'ustar') return undefined;
  const known = magics.find(([magic]) => start.toString('hex').startsWith(magic))?.[1];
  if (known !== undefined) return known;
  if (start.every((byte) => byte === 0)) return 'a tar archive with nothing in it';
  const text = start.toString('utf8');
  if (/^\s*[{[]/.test(text)) return 'JSON: a manifest alone is no image, its layers are needed too';
  return /^[\t\n\r\x20-\x7e]*$/.test(text) ? `text that begins with ${JSON.stringify(text.slice(0, 20).trim())}` : 'neither a tar archive nor anything known';
}

/** Reads a stream at places that only grow, but for what came with the last chunk. */
class ForwardReader implements PositionedReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  /** Where what is held begins. */
  #at = 0;

  constructor(stream: Readable) {
    this.#chunks = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  async read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    let filled = 0;
    while (filled < length) {
      const skip = position + filled - this.#at;
      if (skip < this.#held.length) {
        filled += this.#held.copy(buffer, offset + filled, skip, skip + length - filled);
        continue;
      }
      this.#at += this.#held.length;
      const next = await this.#chunks.next();
      this.#held = next.done === true ? Buffer.alloc(0) : next.value;
      if (next.done === true) break;
    }
    return { bytesRead: filled };
  }
}
