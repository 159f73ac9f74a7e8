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

test('plain numbers, and what only looks like one', () => {
  const numbers: readonly (readonly [string, unknown])[] = [
    ['0400', 256], ['0o17', 15], ['-0o17', -15], ['0X1F', 31], ['0b101', 5], ['1_000', 1000], ['08', 8], ['1e3', 1000], ['1e1_0', 1e10], ['.5', 0.5], ['+.5', 0.5], ['5.', 5], ['-0', 0],
    ['.', '.'], ['e1', 'e1'], ['.e3', '.e3'], ['1e400', '1e400'], ['0x', '0x'], ['_1', '_1'], ['0x1FFFFFFFFFFFFFFFF', '0x1FFFFFFFFFFFFFFFF'], ['12:30', '12:30'], ['1.2.3', '1.2.3'],
  ];
  for (const [text, value] of numbers) {
    assert.deepEqual(parseYaml(`a: ${text}`), { a: value });
    assert.deepEqual(parseYaml(formatYaml({ a: text })), { a: text });
  }
});

test('a block at the end of a text without a line\'s end has none', () => {
  assert.deepEqual(parseYaml('a: |\n  x\n  y'), { a: 'x\ny' });
  assert.deepEqual(parseYaml('a: |\n  x\n'), { a: 'x\n' });
  assert.deepEqual(parseYaml('a: |\n  x\nb: 1'), { a: 'x\n', b: 1 });
});

const refused: readonly (readonly [string, string])[] = [
  ['null: 1', 'Unsupported map key of type: %!s(<nil>), key: <nil>'], ['? [a]\n: b', 'yaml: invalid map key: [a]'], ['a: .inf', 'json: unsupported value: +Inf'], ['a: *x', "yaml: unknown anchor 'x' referenced"],
  ['a: \u0001', 'yaml: control characters are not allowed'], ['a: \ufeff', 'yaml: control characters are not allowed'], ['%YAML 1.2\n---\na: 0400', 'yaml: found incompatible YAML document'], ['c:\n  <<: 5', 'yaml: map merge requires map or sequence of maps as the value'],
];
for (const [text, message] of refused) test(`refused: ${JSON.stringify(text)}`, () => assert.throws(() => parseYaml(text), { code: 400, message: `error converting YAML to JSON: ${message}` }));
