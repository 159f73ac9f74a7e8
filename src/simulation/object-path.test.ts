import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectPath, ObjectPathError } from './object-path.ts';

const object = { metadata: { annotations: { 'a/b': 'c' }, finalizers: [] }, status: { conditions: [{ type: 'Ready', status: 'True' }, { type: 'Other', status: 'False' }], phase: null } };

test('paths give the values at their end', () => {
  const cases: readonly (readonly [string, unknown[]])[] = [
    ['.metadata.annotations["a/b"]', ['c']],
    ['.status.conditions.[].type', ['Ready', 'Other']],
    ['.status.conditions[1].status', ['False']],
    ['.status.conditions.[] | select( .type == "Ready" ) | .status', ['True']],
    ['.status.conditions.[] | select( .type != "Ready" ) | .status', ['False']],
    ['.metadata.finalizers.[]', []],
    ['.status.phase', []],
    ['.nothing.there', []],
  ];
  for (const [path, values] of cases) assert.deepEqual(objectPath(path)(object), values, path);
});

test('what is no path is refused', () => {
  for (const text of ['status', '.a[', '.a | length()']) assert.throws(() => objectPath(text), ObjectPathError, text);
});
