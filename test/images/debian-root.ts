/**
 * Programs out of Debian's packages without installing them: packages are downloaded by apt-get and unpacked together into one
 * folder of the cache, and what an image needs is read from there. The folder is named for the exact package versions, so an
 * update of the distribution makes new images and no update makes none.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, lstatSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { TarEntry } from '../../src/kubelet/images/tar.ts';
import { imageCacheFolder } from './cache-folder.ts';
import { packageVersions } from './package-versions.ts';

const mergedFolders = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

export class DebianRoot {
  /** An absolute path of this machine that holds `usr/`, `etc/` and so on. */
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where a file of the packages lies on this machine. */
  locate(name: string): string {
    return path.join(this.folder, name);
  }

  /** One file as it is in its package; links are followed. */
  file(name: string, as = name): TarEntry {
    const source = this.locate(name);
    return { name: as, mode: lstatSync(realpathSync(source)).mode & 0o7777, content: readFileSync(source) };
  }

  /** A program and every shared library the loader would load for it. */
  program(name: string): TarEntry[] {
    return [this.file(name), ...this.libraries(name)];
  }

  libraries(name: string): TarEntry[] {
    const loader = realpathSync(this.#loader());
    const listed = execFileSync(loader, ['--inhibit-cache', '--library-path', this.libraryFolders().join(':'), '--list', this.locate(name)], { encoding: 'utf8' });
    const missing = /^\s*(\S+) => not found/m.exec(listed);
    if (missing) throw new Error(`${name} needs ${missing[1]}, which no package here brings`);
    const paths = [...listed.matchAll(/=> (\/\S+)/g)].map(([, file = '']) => file);
    return paths.filter((file) => file.startsWith(`${this.folder}/`)).map((file) => this.file(path.relative(this.folder, file).replace(/^lib\//, 'usr/lib/')));
  }

  /** All below a folder, links as links, without what `skip` matches (tested against the path below `/`). */
  tree(name: string, skip: RegExp = /(?!)/): TarEntry[] {
    const out: TarEntry[] = [];
    const visit = (at: string): void => {
      if (skip.test(at)) return;
      const stats = lstatSync(this.locate(at));
      if (stats.isSymbolicLink()) out.push({ name: at, type: 'symlink', target: readlinkSync(this.locate(at)) });
      else if (stats.isFile()) out.push(this.file(at));
      else if (stats.isDirectory()) for (const child of readdirSync(this.locate(at)).sort()) visit(`${at}/${child}`);
    };
    visit(name);
    return out;
  }

  /** Where the loader finds the packages' shared libraries. */
  libraryFolders(): string[] {
    const library = this.locate('usr/lib');
    const triplets = readdirSync(library).filter((name) => name.endsWith('-linux-gnu')).map((name) => path.join(library, name));
    return [library, ...triplets, ...triplets.map((folder) => path.join(folder, 'systemd'))].filter((folder) => existsSync(folder));
  }

  #loader(): string {
    const found = [this.locate('usr/lib64/ld-linux-x86-64.so.2'), this.locate('usr/lib/ld-linux-aarch64.so.1')].find((file) => lstatSync(file, { throwIfNoEntry: false }));
    if (found === undefined) throw new Error('libc6 brings no loader for this architecture');
    const link = readlinkSync(found);
    return path.isAbsolute(link) ? this.locate(link) : path.resolve(path.dirname(found), link);
  }
}

/** Downloads (once) and unpacks (once) the packages named and all they depend on. */
export function debianRoot(packages: readonly string[]): DebianRoot {
  const versions = packageVersions(packages);
  const key = createHash('sha256').update(versions.join('\n')).digest('hex').slice(0, 16);
  const folder = path.join(imageCacheFolder('debian'), key);
  if (!existsSync(folder)) unpack(download(versions), folder);
  return new DebianRoot(folder);
}

function download(versions: readonly string[]): string[] {
  const folder = imageCacheFolder('packages');
  const fileOf = (version: string): string | undefined => {
    const [name = '', number = ''] = version.split('=');
    return readdirSync(folder).find((file) => file.startsWith(`${name}_${number.replaceAll(':', '%3a')}_`));
  };
  const wanted = versions.filter((version) => fileOf(version) === undefined);
  if (wanted.length > 0) execFileSync('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...wanted], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return versions.map((version) => {
    const file = fileOf(version);
    if (file === undefined) throw new Error(`apt-get brought no file for ${version}`);
    return path.join(folder, file);
  });
}

/** The packages still know /lib and /usr/lib as two folders; here, as on an installed system, one is a link to the other. */
function unpack(files: readonly string[], folder: string): void {
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  for (const name of mergedFolders) {
    mkdirSync(path.join(fresh, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, path.join(fresh, name));
  }
  for (const file of files) {
    const archive = execFileSync('dpkg-deb', ['--fsys-tarfile', file], { maxBuffer: 2 ** 30 });
    execFileSync('tar', ['-x', '--keep-directory-symlink', '--no-same-owner', '-C', fresh], { input: archive });
  }
  renameSync(fresh, folder);
}
