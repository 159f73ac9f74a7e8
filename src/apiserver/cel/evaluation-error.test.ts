import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluationErrorText } from './evaluation-error.ts';
import { compile, createEnvironment } from './expression.ts';

const self = { zero: 0n, five: 5n, text: 'abc', list: [1n, 2n], map: { a: 1n }, flag: true };

const cases: readonly [text: string, said: string][] = [
  ['self.five / self.zero == 1', 'division by zero'],
  ['self.five % self.zero == 1', 'modulus by zero'],
  ['self.list[100] == 0', 'index out of bounds: 100'],
  ['self.list[-1] == 0', 'index out of bounds: -1'],
  ["self.map['c'] == 1", 'no such key: c'],
  ['self.absent == 1', 'no such key: absent'],
  ['9223372036854775807 + self.five == 0', 'integer overflow'],
  ['9223372036854775807 * self.five == 0', 'integer overflow'],
  ['int(self.text) == 1', "type conversion error from 'string' to 'int'"],
  ['double(self.text) == 1.0', "type conversion error from 'string' to 'double'"],
  ['bool(self.text)', "type conversion error from 'string' to 'bool'"],
  ["duration(self.text) == duration('1s')", "type conversion error from 'string' to 'google.protobuf.Duration'"],
  ["timestamp(self.text) == timestamp('2020-01-01T00:00:00Z')", "type conversion error from 'string' to 'google.protobuf.Timestamp'"],
  ['self.?absent.value() == 1', 'optional.none() dereference'],
  ['self.text + 1 == 2', 'no such overload'],
  ['self.five > self.text', 'no such overload'],
  ['self.map + self.list == []', 'no such overload: _+_'],
  ['self.flag - 1 == 2', 'no such overload: _-_'],
  ['!self.text', 'no such overload'],
  ['self.text && true', 'no such overload'],
  ['self.text ? true : false', 'no such overload'],
  ["self.five.startsWith('a')", 'no such overload: startsWith(int, string)'],
  ["self.list.matches('a')", 'no such overload: matches(list, string)'],
  ["quantity(self.five).sign() == 1", 'no such overload: quantity(int)'],
  ['size(self.five) == 1', 'no such overload: size'],
  ['self.five.all(x, true)', "got 'types.Int', expected iterable type"],
  ['self.list.filter(x, x > 5).max() == 1', 'max called on empty list'],
];
for (const [text, said] of cases) {
  test(`${text} fails with ${said}`, () => assert.throws(() => compile(createEnvironment({ self: 'dyn' }), text).run({ self }), (error: unknown) => {
    assert.equal(evaluationErrorText(error), said);
    return true;
  }));
}
