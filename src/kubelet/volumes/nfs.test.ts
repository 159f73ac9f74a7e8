import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountNfs } from './nfs.ts';

test('the machine\'s mount is asked, with the volume\'s options', async () => {
  const asked: string[] = [];
  const run = (program: string, args: readonly string[]): Promise<{ code: number; output: string }> => {
    asked.push([program, ...args].join(' '));
    return Promise.resolve({ code: 0, output: '' });
  };
  await mountNfs({ server: 'files.example', path: '/share' }, '/target', [], run);
  await mountNfs({ server: 'files.example', path: '/share', readOnly: true }, '/target', ['nfsvers=4.1', 'hard'], run);
  assert.deepEqual(asked, ['mount -t nfs files.example:/share /target', 'mount -t nfs -o ro,nfsvers=4.1,hard files.example:/share /target']);
});

test('what mount said is told as upstream tells it', async () => {
  const run = (): Promise<{ code: number; output: string }> => Promise.resolve({ code: 32, output: 'mount: /target: bad option; you might need a helper.\n' });
  await assert.rejects(mountNfs({ server: 's', path: '/p' }, '/target', [], run), {
    name: 'VolumeError', message: 'mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs s:/p /target\nOutput: mount: /target: bad option; you might need a helper.\n',
  });
});
