import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ImageImportError, readArchive } from './archive-contents.ts';
import { buildOciArchive } from './oci-archive.ts';
import { writeTar } from './tar.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'k8ts-archive-'));
after(() => rmSync(folder, { recursive: true }));
const file = (content: Uint8Array | string): string => {
  const name = path.join(folder, 'image.tar');
  writeFileSync(name, content);
  return name;
};
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const layer = Buffer.alloc(300_000, 'x');
const docker = (tags: readonly string[] | null): Buffer => writeTar([{ name: 'abc/layer.tar', content: layer }, { name: 'manifest.json', content: json([{ RepoTags: tags }]) }, { name: 'repositories', content: json({}) }]);
const oci = buildOciArchive({ names: ['docker.io/library/a:1', 'r.example/b:2'], architecture: 'amd64', layers: [[{ name: 'f', content: layer }]] });

test('images of docker archives and OCI layouts, gzipped or not', async () => {
  assert.deepEqual(await readArchive(file(docker(['a:1', 'r.example/b:2']))), { compressed: false, names: ['docker.io/library/a:1', 'r.example/b:2'] });
  assert.deepEqual(await readArchive(file(gzipSync(docker(['a:1'])))), { compressed: true, names: ['docker.io/library/a:1'] });
  for (const [archive, compressed] of [[oci, false], [gzipSync(oci), true]] as const) assert.deepEqual(await readArchive(file(archive)), { compressed, names: ['docker.io/library/a:1', 'r.example/b:2'] });
});

const wrong: readonly (readonly [string, Uint8Array | string, RegExp])[] = [
  ['nothing', '', /it is empty\. Understood is what docker save writes, and OCI layouts, as a tar archive, gzipped or not\.$/],
  ['text', 'FROM busybox\nRUN true\n', /it is text that begins with "FROM busybox/],
  ['JSON', '{"schemaVersion": 2}', /it is JSON: a manifest alone is no image/],
  ['a zip archive', Buffer.from('504b03040a', 'hex'), /it is a zip archive/],
  ['zstd', Buffer.from('28b52ffd00', 'hex'), /it is compressed with zstd; unpack it first \(zstd -d\)/],
  ['other bytes', Buffer.from([0, 1, 2, 255]), /it is neither a tar archive nor anything known/],
  ['a file system', writeTar([{ name: 'bin/sh', content: layer }, { name: 'etc/passwd', content: layer }]), /it is a tar archive of a file system \(bin, etc\.\.\.\), as docker export writes; docker save writes images/],
  ['another archive', writeTar([{ name: 'src/main.ts', content: layer }]), /it is a tar archive of src\.\.\., without a manifest\.json or an index\.json/],
  ['one with nothing in it', writeTar([]), /it is a tar archive with nothing in it/],
  ['one without names', docker(null), /its manifest\.json names no image: give it a name before it is saved/],
  ['one whose list is torn', writeTar([{ name: 'index.json', content: Buffer.from('{"manif') }]), /it ends or breaks off: its index\.json is not JSON/],
  ['gzip of text', gzipSync('hello'), /inside of gzip it is text that begins with "hello"/],
  ['gzip that is cut off', gzipSync(docker(['a:1'])).subarray(0, 200), /inside of gzip it ends or breaks off: unexpected end of file/],
];
for (const [name, content, says] of wrong) {
  test(`no image: ${name}`, () => assert.rejects(readArchive(file(content)), (error) => error instanceof ImageImportError && error.message.includes(`${path.join(folder, 'image.tar')} cannot be imported: `) && says.test(error.message)));
}

test('a folder, and no file at all', async () => {
  mkdirSync(path.join(folder, 'layout'));
  await assert.rejects(readArchive(path.join(folder, 'layout')), /it is a folder; an OCI layout is packed with tar -C FOLDER -cf FILE \./);
  await assert.rejects(readArchive(path.join(folder, 'missing')), /missing cannot be read: ENOENT/);
});
