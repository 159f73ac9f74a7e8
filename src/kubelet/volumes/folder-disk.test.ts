import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { FolderDisk } from './folder-disk.ts';

test('folders are for everyone, keep what they hold, and go without following links', async () => {
  const root = mkdtempSync('/tmp/k8ts-disk-');
  try {
    const disk = new FolderDisk(path.join(root, 'volumes'));
    mkdirSync(path.join(root, 'elsewhere'));
    writeFileSync(path.join(root, 'elsewhere/file'), 'kept');
    await disk.create('pvc-1');
    const folder = disk.pathOf('pvc-1');
    assert.equal(statSync(folder).mode & 0o7777, 0o777);
    symlinkSync(path.join(root, 'elsewhere'), path.join(folder, 'link'));
    writeFileSync(path.join(folder, 'data'), 'x');
    await disk.create('pvc-1');
    assert.equal(readFileSync(path.join(folder, 'data'), 'utf8'), 'x');
    await disk.remove('pvc-1');
    await disk.remove('pvc-1');
    assert.equal(existsSync(folder), false);
    assert.equal(readFileSync(path.join(root, 'elsewhere/file'), 'utf8'), 'kept');
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('no name leads out of the folder', () => {
  const disk = new FolderDisk('/volumes');
  for (const name of ['', '.', '..', '../etc', 'a/b', '/etc']) assert.throws(() => disk.pathOf(name), /cannot be a volume's name/);
});
