/** Builds the book's images into a registry's storage: `node test/images/build.ts`. Prints the storage folder. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { TarEntry } from '../../src/kubelet/images/tar.ts';
import { imageCacheFolder } from './cache-folder.ts';
import { catalog, packages } from './catalog.ts';
import { debianRoot, type DebianRoot } from './debian-root.ts';
import { RegistryStorage, type Layer } from './registry-storage.ts';

/** Answers the folder to serve. What is there already is not made again; tags always point to what was built last. */
export function buildImages(report: (line: string) => void = () => undefined): string {
  const folder = imageCacheFolder('registry');
  const debian = debianRoot(packages);
  const stamp = path.join(folder, 'built-from');
  const key = sourcesKey(debian);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return folder;
  const storage = new RegistryStorage(folder);
  const layers = new Map<(debian: DebianRoot) => readonly TarEntry[], Layer>();
  const layerOf = (make: (debian: DebianRoot) => readonly TarEntry[]): Layer => {
    const known = layers.get(make) ?? storage.addLayer(make(debian));
    layers.set(make, known);
    return known;
  };
  for (const image of catalog) {
    const parts = image.layers.map(layerOf);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    for (const name of image.names) report(`${name} ${storage.addImage(name, parts, image.settings)} ${(size / 1e6).toFixed(1)} MB`);
  }
  writeFileSync(stamp, key);
  return folder;
}

/** Changes with whatever can change an image: the packages' versions and the files of this folder. */
function sourcesKey(debian: DebianRoot): string {
  const hash = createHash('sha256').update(debian.folder);
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|py|sh)$/.test(name)).sort();
  for (const name of files) hash.update(name).update(readFileSync(path.join(import.meta.dirname, name)));
  return hash.digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(buildImages(console.log));
