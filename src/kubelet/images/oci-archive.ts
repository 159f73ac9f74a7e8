/** Building container images as OCI archives: for the pause image, and for images made from a machine's own programs. */
import { createHash } from 'node:crypto';
import { writeTar, type TarEntry } from './tar.ts';

export interface ImageRecipe {
  /** Full names, such as 'docker.io/library/busybox:1'. */
  readonly names: readonly string[];
  /** 'amd64', 'arm64', as images name architectures. */
  readonly architecture: string;
  readonly layers: readonly (readonly TarEntry[])[];
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly env?: readonly string[] | undefined;
  readonly workingDir?: string | undefined;
  readonly user?: string | undefined;
  readonly stopSignal?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly volumes?: readonly string[] | undefined;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const digestOf = (data: Uint8Array): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;

/** Node's name of an architecture as images have it. */
export const imageArchitecture = (nodeArch: string): string => ({ x64: 'amd64', arm64: 'arm64' })[nodeArch] ?? nodeArch;

export function buildOciArchive(recipe: ImageRecipe): Buffer {
  const blobs = new Map<string, Uint8Array>();
  const add = (mediaType: string, data: Uint8Array): Descriptor => {
    const digest = digestOf(data);
    blobs.set(digest, data);
    return { mediaType, digest, size: data.length };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const layers = recipe.layers.map((entries) => add('application/vnd.oci.image.layer.v1.tar', writeTar(entries)));
  const config = add('application/vnd.oci.image.config.v1+json', json({
    architecture: recipe.architecture,
    os: 'linux',
    config: {
      Entrypoint: recipe.entrypoint, Cmd: recipe.command, Env: recipe.env, WorkingDir: recipe.workingDir, User: recipe.user,
      StopSignal: recipe.stopSignal, Labels: recipe.labels,
      ...(recipe.volumes ? { Volumes: Object.fromEntries(recipe.volumes.map((volume) => [volume, {}])) } : {}),
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
  }));
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = add(manifestType, json({ schemaVersion: 2, mediaType: manifestType, config, layers }));
  const platform = { architecture: recipe.architecture, os: 'linux' };
  const index = {
    schemaVersion: 2,
    manifests: recipe.names.map((name) => ({ ...manifest, platform, annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name } })),
  };
  return writeTar([
    { name: 'oci-layout', content: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', content: json(index) },
    ...[...blobs].map(([digest, content]) => ({ name: `blobs/${digest.replace(':', '/')}`, content })),
  ]);
}
