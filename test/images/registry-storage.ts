/**
 * Images in the folder layout that the docker registry ("distribution") serves: blobs by digest, and links that say which
 * repository may hand out which blob. Layers are gzipped tar archives, kept by what they were made from.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { imageArchitecture } from '../../src/kubelet/images/oci-archive.ts';
import { parseImageReference } from '../../src/kubelet/images/reference.ts';
import { writeTar, type TarEntry } from '../../src/kubelet/images/tar.ts';

export interface Layer {
  /** Digest and size of the gzipped archive, and the digest of the archive itself. */
  readonly digest: string;
  readonly size: number;
  readonly diffId: string;
}

export interface ImageSettings {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly string[];
  readonly workingDir?: string;
  readonly stopSignal?: string;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
}

const digestOf = (data: Uint8Array): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;

export class RegistryStorage {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = path.join(folder, 'docker/registry/v2');
  }

  /** Folders above each entry are added; of entries of one name the last counts. */
  addLayer(entries: readonly TarEntry[]): Layer {
    const archive = writeTar(withFolders(entries));
    const diffId = digestOf(archive);
    const known = path.join(this.#root, 'layers', `${diffId.slice(7)}.json`);
    if (existsSync(known)) {
      const layer = JSON.parse(readFileSync(known, 'utf8')) as Layer;
      if (existsSync(this.#blobFile(layer.digest))) return layer;
    }
    const packed = gzipSync(archive, { level: 6 });
    const layer = { digest: this.#addBlob(packed), size: packed.length, diffId };
    write(known, JSON.stringify(layer));
    return layer;
  }

  /** `name` as in a Pod: 'kiamol/ch03-numbers-web:v2'. Answers the manifest's digest. */
  addImage(name: string, layers: readonly Layer[], settings: ImageSettings): string {
    const reference = parseImageReference(name);
    if (!reference?.tag) throw new Error(`an image needs a name with a tag: ${name}`);
    const config = Buffer.from(JSON.stringify(configOf(layers, settings)));
    const configDigest = this.#addBlob(config);
    const manifest = Buffer.from(JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest, size: config.length },
      layers: layers.map(({ digest, size }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size })),
    }));
    const digest = this.#addBlob(manifest);
    const repository = path.join(this.#root, 'repositories', reference.repository);
    for (const blob of [configDigest, ...layers.map((layer) => layer.digest)]) link(path.join(repository, '_layers', algorithmAndHex(blob)), blob);
    link(path.join(repository, '_manifests/revisions', algorithmAndHex(digest)), digest);
    link(path.join(repository, '_manifests/tags', reference.tag, 'index', algorithmAndHex(digest)), digest);
    link(path.join(repository, '_manifests/tags', reference.tag, 'current'), digest);
    return digest;
  }

  #addBlob(data: Uint8Array): string {
    const digest = digestOf(data);
    if (!existsSync(this.#blobFile(digest))) write(this.#blobFile(digest), data);
    return digest;
  }

  #blobFile(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return path.join(this.#root, 'blobs/sha256', hex.slice(0, 2), hex, 'data');
  }
}

const algorithmAndHex = (digest: string): string => digest.replace(':', '/');
const link = (folder: string, digest: string): void => write(path.join(folder, 'link'), digest);

function write(file: string, data: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, data);
  renameSync(`${file}.new`, file);
}

function configOf(layers: readonly Layer[], settings: ImageSettings): object {
  return {
    architecture: imageArchitecture(process.arch),
    os: 'linux',
    config: {
      Entrypoint: settings.entrypoint, Cmd: settings.command, WorkingDir: settings.workingDir ?? '/', StopSignal: settings.stopSignal,
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...(settings.env ?? [])],
      ...(settings.volumes ? { Volumes: Object.fromEntries(settings.volumes.map((volume) => [volume, {}])) } : {}),
      ...(settings.ports ? { ExposedPorts: Object.fromEntries(settings.ports.map((port) => [port, {}])) } : {}),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

function withFolders(entries: readonly TarEntry[]): TarEntry[] {
  const all = new Map<string, TarEntry>();
  for (const entry of entries) {
    const parts = entry.name.replace(/\/$/, '').split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const folder = `${parts.slice(0, depth).join('/')}/`;
      if (!all.has(folder)) all.set(folder, { name: folder, type: 'folder' });
    }
    all.set(entry.name, entry);
  }
  return [...all.values()];
}
