/** ConfigMaps. */
import type { KindCases } from '../kind-cases.ts';
import { configMapDefinition } from './config-map.ts';

const badKey = (key: string): string => `Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`;

const cases: KindCases = {
  definition: configMapDefinition,
  base: { data: { a: 'b' } },
  accepted: [['bytes', { binaryData: { c: 'AA==' } }], ['nothing', { data: null }]],
  refused: [
    ['a key with a space', { data: { 'a b': '' } }, [`data[a b]: ${badKey('a b')}`]],
    ['a key of dots', { data: { '..': '' } }, ["data[..]: Invalid value: \"..\": must not be '..'"]],
    ['a key in both', { binaryData: { a: 'AA==' } }, ['data[a]: Invalid value: "a": duplicate of key present in binaryData']],
    ['more than a megabyte', { data: { a: 'x'.repeat(1024 * 1024 + 1) } }, ['<nil>: Too long: may not be more than 1048576 bytes']],
  ],
  updates: [
    { name: 'data', change: { data: { a: 'c' } } },
    { name: 'frozen data', before: { immutable: true }, change: { data: { a: 'c' } }, refused: ['data: Forbidden: field is immutable when `immutable` is set'] },
    { name: 'frozen bytes', before: { immutable: true }, change: { binaryData: { c: 'AA==' } }, refused: ['binaryData: Forbidden: field is immutable when `immutable` is set'] },
    { name: 'freezing', change: { immutable: true } },
  ],
};
export default cases;
