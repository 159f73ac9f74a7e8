import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileErrorText, marked } from './compile-error.ts';
import { compile, createEnvironment } from './expression.ts';

const cases: readonly [text: string, expected: string | RegExp][] = [
  ['b', "ERROR: <input>:1:1: undeclared reference to 'b' (in container '')\n | b\n | ^"],
  ['a == 1 &&\n  b', "ERROR: <input>:2:3: undeclared reference to 'b' (in container '')\n |   b\n | ..^"],
  ['"x" + 1 == "x1"', /^ERROR: <input>:1:\d+: found no matching overload for '_\+_' applied to '\(string, int\)'\n/],
  ['-"x" == a', /^ERROR: <input>:1:1: found no matching overload for '-_' applied to '\(string\)'\n/],
  ['"x".size(1) == 1', /found no matching overload for 'size' applied to 'string\.\(int\)'/],
  ['a ==', /^ERROR: <input>:1:5: Syntax error: /],
];
for (const [text, expected] of cases) {
  test(`what is wrong with ${JSON.stringify(text)}`, () => {
    assert.throws(() => compile(createEnvironment({ a: 'dyn' }), text), (error: unknown) => {
      const said = compileErrorText(error, text);
      if (typeof expected === 'string') assert.equal(said, expected);
      else assert.match(said, expected);
      return true;
    });
  });
}

test('a place at the very beginning is marked there, also where the text begins with a new line', () => assert.equal(marked('wrong', '\na', 0), 'ERROR: <input>:1:1: wrong\n | \n | ^'));
