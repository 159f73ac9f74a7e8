import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { giveToGroup } from './fs-group.ts';

const group = 4242;

describe('giving a volume to a group', { skip: process.getuid?.() === 0 ? false : 'only root gives files away' }, () => {
  let folder = '';
  const at = (name: string): string => path.join(folder, name);
  const described = (name: string): string => `${statSync(at(name)).gid} ${(statSync(at(name)).mode & 0o7777).toString(8)}`;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'k8ts-group-'));
    mkdirSync(at('v/sub'), { recursive: true });
    writeFileSync(at('v/sub/file'), '');
    writeFileSync(at('elsewhere'), '');
    symlinkSync(at('elsewhere'), at('v/link'));
    for (const name of ['v', 'v/sub']) chmodSync(at(name), 0o755);
    for (const name of ['v/sub/file', 'elsewhere']) chmodSync(at(name), 0o600);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('changes group and modes of all in it, not of what links lead to', async () => {
    await giveToGroup(at('v'), group, 'Always');
    assert.deepEqual(['v', 'v/sub', 'v/sub/file', 'elsewhere'].map(described), [`${group} 2775`, `${group} 2775`, `${group} 660`, '0 600']);
  });

  it('with OnRootMismatch looks at nothing where the top is the group\'s already', async () => {
    chownSync(at('v'), 0, group);
    chmodSync(at('v'), 0o2775);
    await giveToGroup(at('v'), group, 'OnRootMismatch');
    assert.equal(described('v/sub/file'), '0 600');
    await giveToGroup(at('v'), group, 'Always');
    assert.equal(described('v/sub/file'), `${group} 660`);
  });

  for (const [what, spoil] of [['another group', () => chownSync(at('v'), 0, 0)], ['a mode that does not let it in', () => chmodSync(at('v'), 0o755)]] as const) {
    it(`with OnRootMismatch changes all where the top has ${what}`, async () => {
      chownSync(at('v'), 0, group);
      chmodSync(at('v'), 0o2775);
      spoil();
      await giveToGroup(at('v'), group, 'OnRootMismatch');
      assert.deepEqual(['v', 'v/sub/file'].map(described), [`${group} 2775`, `${group} 660`]);
    });
  }
});
