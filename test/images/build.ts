/** Builds the book's images into a registry's storage: `node test/images/build.ts`. Prints the storage folder. */
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
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(buildImages(console.log));
