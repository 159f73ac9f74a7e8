import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openHostPath } from './host-path.ts';
import { openBelow, resolvePath, type Missing } from './open-path.ts';
import { resolveInside } from './sub-path.ts';

let root = '';
let outside = '';
beforeEach(() => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'k8ts-open-')));
  root = path.join(folder, 'volume');
  outside = path.join(folder, 'outside');
  for (const [at, text] of [[path.join(root, 'dir'), 'inside'], [outside, 'secret']] as const) {
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, 'marker'), text);
  }
});
afterEach(() => rmSync(path.dirname(root), { recursive: true }));

/** What a container does that wants out. */
function swap(): void {
  renameSync(path.join(root, 'dir'), path.join(root, 'was'));
  symlinkSync(outside, path.join(root, 'dir'));
}

/** What is seen through what was opened. */
async function seen(relative: string, missing?: Missing, before: () => void = () => undefined): Promise<string> {
  const handle = await openBelow(root, relative, missing);
  try {
    before();
    const stats = await handle.stat();
    return stats.isDirectory() ? readFileSync(`/proc/self/fd/${handle.fd}/marker`, 'utf8') : readFileSync(`/proc/self/fd/${handle.fd}`, 'utf8');
  } finally {
    await handle.close();
  }
}

test('a folder that is swapped for a link after it was looked at is not opened', async () => {
  const relative = path.relative(root, await resolveInside(root, 'dir'));
  assert.equal(await seen(relative), 'inside');
  swap();
  await assert.rejects(openBelow(root, relative, {}), /dir changed while it was mounted/);
  await assert.rejects(openBelow(root, 'dir/marker', {}), /marker changed while it was mounted/);
});

test('one that is swapped after it was opened is still what was opened', async () => {
  assert.equal(await seen('dir', undefined, swap), 'inside');
});

test('links inside of a volume are followed, none leads out', async () => {
  symlinkSync('dir', path.join(root, 'own'));
  symlinkSync('../outside', path.join(root, 'out'));
  assert.equal(await resolveInside(root, 'own/marker'), path.join(root, 'dir/marker'));
  assert.equal(await resolveInside(root, 'own/new/deep'), path.join(root, 'dir/new/deep'));
  for (const wanted of ['out', 'out/marker', 'out/new']) await assert.rejects(resolveInside(root, wanted), new RegExp(`subPath ${wanted} leads out of the volume`));
});

test('what is missing is made only where that is asked for', async () => {
  await assert.rejects(openBelow(root, 'new/deep'), { code: 'ENOENT' });
  await (await openBelow(root, 'new/deep', { folderMode: 0o711 })).close();
  assert.deepEqual(['new', 'new/deep'].map((name) => statSync(path.join(root, name)).mode & 0o7777), [0o711, 0o711]);
  await assert.rejects(openBelow(root, 'none/file', { fileMode: 0o644 }), { code: 'ENOENT' }, 'a file is made, not the folders that it is in');
  await (await openBelow(root, 'new/file', { fileMode: 0o640 })).close();
  assert.deepEqual([statSync(path.join(root, 'new/file')).isFile(), statSync(path.join(root, 'new/file')).mode & 0o777], [true, 0o640]);
});

test('a host path is opened as what its type says; links on the way to it are followed', async () => {
  symlinkSync(outside, path.join(root, 'link'));
  const found = async (wanted: string, type: string): Promise<string> => {
    const opened = await openHostPath(path.join(root, wanted), type).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (typeof opened === 'string' || opened === undefined) return String(opened).replaceAll(root, '');
    await opened.handle.close();
    return opened.path.replace(path.dirname(root), '');
  };
  const cases: readonly (readonly [string, string, string])[] = [
    ['anything', '', 'undefined'],
    ['dir', 'Directory', '/volume/dir'], ['link', 'Directory', '/outside'], ['link/marker', 'File', '/outside/marker'], ['new/deep', 'DirectoryOrCreate', '/volume/new/deep'], ['file', 'FileOrCreate', '/volume/file'],
    ['dir', 'File', 'hostPath type check failed: /dir is not a file'], ['dir/marker', 'DirectoryOrCreate', 'hostPath type check failed: /dir/marker is not a directory'],
    ['none', 'Directory', 'hostPath type check failed: /none is not a directory'], ['none/file', 'FileOrCreate', 'hostPath type check failed: /none/file is not a file'],
    ['dir', 'Socket', 'hostPath type check failed: /dir is not a socket file'], ['dir', 'Folder', 'Folder is an invalid volume type'],
  ];
  for (const [wanted, type, result] of cases) assert.equal(await found(wanted, type), result, `${wanted} ${type}`);
  assert.equal(await resolvePath('/nowhere/at/all'), '/nowhere/at/all');
});
