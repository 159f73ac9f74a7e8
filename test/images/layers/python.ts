/** Python with the parts of its library that the stand-in applications use, compiled ahead so that they start in a blink. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TarEntry } from '../../../src/kubelet/images/tar.ts';
import type { DebianRoot } from '../debian-root.ts';

export const pythonPackages = ['python3.11-minimal', 'libpython3.11-stdlib', 'libsqlite3-0'];

const library = 'usr/lib/python3.11';
const unused = new RegExp(`^${library}/(.*\\.py|.*__pycache__|asyncio|concurrent|config-.*|ctypes|curses|dbm|distutils|ensurepip|idlelib|lib2to3|multiprocessing|pydoc.*|sitecustomize.*|test|tkinter|turtle.*|unittest|venv|wsgiref|xml|xmlrpc|zoneinfo|LICENSE.*)$`);
const extensions = /lib-dynload\/(?!_sqlite3|_json|_hashlib|_decimal|_uuid|_queue)/;
const programs = path.join(import.meta.dirname, '..', 'programs');

export function python(debian: DebianRoot): TarEntry[] {
  compile(debian);
  const files = debian.tree(library, new RegExp(`${unused.source}|${extensions.source}`));
  const modules = files.filter(({ name }) => name.endsWith('.so')).flatMap(({ name }) => debian.libraries(name));
  return [...debian.program('usr/bin/python3.11'), ...files, ...modules, { name: 'usr/bin/python3', type: 'symlink', target: 'python3.11' }];
}

/** One of the stand-in applications, below /app under the name given. */
export function pythonProgram(source: string, name = source, mode?: number): TarEntry {
  return { name: `app/${name}`, content: readFileSync(path.join(programs, source)), mode };
}

/** Leaves each module's compiled form, which does not depend on times or places, beside its source. */
function compile(debian: DebianRoot): void {
  const options = ['-q', '-b', '-d', `/${library}`, '--invalidation-mode', 'unchecked-hash', '-x', '/(test|lib2to3|idlelib|asyncio|multiprocessing)/', debian.locate(library)];
  const libraries = debian.locate('usr/lib/x86_64-linux-gnu');
  execFileSync(debian.locate('usr/bin/python3.11'), ['-S', '-m', 'compileall', ...options], { env: { PYTHONHOME: debian.locate('usr'), LD_LIBRARY_PATH: libraries }, stdio: 'inherit' });
}
