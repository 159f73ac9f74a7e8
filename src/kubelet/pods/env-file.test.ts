import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnvFile } from './env-file.ts';

const good: readonly [title: string, text: string, expected: Record<string, string>][] = [
  ['nothing', '', {}],
  ['variables, blank lines and comments', "# settings\nA='1'\n\n  B = 'two words'  \nC='3' # three\n", { A: '1', B: 'two words', C: '3' }],
  ['no line end behind the last', "A='1'", { A: '1' }],
  ['line ends of Windows', "A='1'\r\n\r\nB='2'\r\n", { A: '1', B: '2' }],
  ['a value as it is', "A='$HOME \"x\" \\n # no comment'", { A: '$HOME "x" \\n # no comment' }],
  ['a value of two lines', "A='one\ntwo'\nB=''", { A: 'one\ntwo', B: '' }],
  ['the last of two', "A='1'\nA='2'", { A: '2' }],
];
for (const [title, text, expected] of good) test(`a file of variables: ${title}`, () => assert.deepEqual(Object.fromEntries(parseEnvFile(text)), expected));

const bad: readonly [title: string, text: string, line: number][] = [
  ['no quotes', "A='1'\nB=2\n", 2],
  ['other quotes', 'A="1"', 1],
  ['no equals sign', '\n\nexport A', 3],
  ['no name', "='1'", 1],
  ['no end', "A='1\nB=2", 1],
  ['something behind', "A='1'x\n", 1],
  ['two values', "A='1\n2''3'", 2],
];
for (const [title, text, line] of bad) test(`no file of variables: ${title}`, () => assert.throws(() => parseEnvFile(text), { message: `invalid environment variable format at line ${line}` }));
