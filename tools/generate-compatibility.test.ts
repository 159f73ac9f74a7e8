import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { compatibilityPage } from './generate-compatibility.ts';

test('docs/compatibility.md says what the program does', () => {
  assert.equal(readFileSync(path.resolve(import.meta.dirname, '../docs/compatibility.md'), 'utf8'), compatibilityPage());
});
