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
    ['.metadata["annotations"]."a/b"', ['c']],
    ['.status.conditions | map(select(.status == "True")) | length', [1]],
    ['.status.conditions[] | select(.type == "Ready" and .status != "False").type', ['Ready']],
    ['.status.conditions | any(.status == "True") | not', [false]],
    ['.nothing // "instead"', ['instead']],
    ['.metadata.annotations | has("a/b"), has("c")', [true, false]],
    ['.nothing.[]', []],
    ['[.status.conditions[].type] | join(",")', ['Ready,Other']],
    ['if .status.phase == null then 1 + 2 * 3 else "no" end', [7]],
    ['.status.conditions[-1].type | test("^Oth")', [true]],
    ['.metadata.annotations | keys | .[0] | startswith("a/")', [true]],
    ['(.spec.replicas // 1) > ("0" | tonumber)', [true]],
  ];
  for (const [path, values] of cases) assert.deepEqual(objectPath(path)(object), values, path);
});

test('what is no path is refused', () => {
  for (const text of ['status', '.a[', '.a | length()', '.a |', '.a b', '.a | nothing(1)', 'if . then 1', '']) assert.throws(() => objectPath(text), ObjectPathError, text);
});
