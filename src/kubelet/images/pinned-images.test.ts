import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pinImages, pinnedImages, unpinImage } from './pinned-images.ts';

test('pinned images are remembered, each once', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'k8ts-pinned-'));
  mkdirSync(path.join(dataDir, 'containerd'));
  assert.deepEqual([...pinnedImages({ dataDir })], []);
  pinImages({ dataDir }, ['docker.io/library/a:1', 'docker.io/library/b:1']);
  pinImages({ dataDir }, ['docker.io/library/b:1']);
  assert.deepEqual([...pinnedImages({ dataDir })], ['docker.io/library/a:1', 'docker.io/library/b:1']);
  assert.equal(readFileSync(path.join(dataDir, 'containerd/pinned-images'), 'utf8'), 'docker.io/library/a:1\ndocker.io/library/b:1\n');
  unpinImage({ dataDir }, 'docker.io/library/a:1');
  unpinImage({ dataDir }, 'docker.io/library/c:1');
  assert.deepEqual([...pinnedImages({ dataDir })], ['docker.io/library/b:1']);
  pinImages({ dataDir }, ['docker.io/library/a:1']);
  assert.deepEqual([...pinnedImages({ dataDir })].sort(), ['docker.io/library/a:1', 'docker.io/library/b:1']);
  rmSync(dataDir, { recursive: true });
});
