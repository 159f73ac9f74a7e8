import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatYaml, parseYaml } from './yaml.ts';

test('what is written reads the same', () => {
  for (const value of [{ b: [1, 'yes', '0400', null], a: { c: '' } }, ['\ufeffa', { '\ufeffkey': 'x\ufeffy "quoted" \\' }], { '\ufeffa': '1' }, 'two\nlines\n']) {
    assert.deepEqual(parseYaml(formatYaml(value)), value, formatYaml(value));
  }
});

test('a byte order mark is written as an escape', () => {
  assert.equal(formatYaml({ '\ufeffa': 'b' }), '"\\ufeffa": b\n');
});
