import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Schema } from '../src/apimachinery/schema.ts';
import { formatApiVersion } from '../src/apimachinery/group-version.ts';
import { builtinKindSchema } from '../src/resources/schema/builtin.ts';
import { builtinDefinitions } from '../src/resources/builtin.ts';
import { fieldStates } from './field-states.ts';
import { compatibilityPage } from './generate-compatibility.ts';
import { storedKindNames, storedKinds } from './stored-kinds.ts';

const root = path.resolve(import.meta.dirname, '..');
/** Where behaviour lives. */
const actingRooms = ['apiserver', 'controllers', 'scheduler', 'network', 'kubelet'];
/** Rules about who may read a kind are no behaviour of it. */
const passing = /^apiserver\/(authz|admission)\//;

test('docs/compatibility.md says what the program does (node tools/generate-compatibility.ts)', async () => {
  assert.equal(readFileSync(path.join(root, 'docs/compatibility.md'), 'utf8'), await compatibilityPage());
});

test('every kind that is called inert exists', () => {
  const kinds = new Set(builtinDefinitions().map(({ kind }) => kind));
  assert.deepEqual([...storedKindNames].filter((kind) => !kinds.has(kind)), []);
  for (const [folder, files] of Object.entries(storedKinds)) for (const file of files) assert.ok(existsSync(path.join(root, 'src/resources', folder, `${file}.ts`)), `${folder}/${file}`);
});

test('no room acts on a kind that is called inert', () => {
  const inert = Object.entries(storedKinds).flatMap(([folder, files]) => files.map((file) => `/resources/${folder}/${file}.ts'`));
  const users = actingRooms.flatMap((room) => readdirSync(path.join(root, 'src', room), { recursive: true, encoding: 'utf8' }).map((file) => `${room}/${file}`))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !passing.test(file))
    .flatMap((file) => inert.filter((kind) => readFileSync(path.join(root, 'src', file), 'utf8').includes(kind)).map((kind) => `${file} uses ${kind}`));
  assert.deepEqual(users, []);
});

/** Lists are walked through. */
function isField(kind: string, path: readonly string[]): boolean {
  const definition = builtinDefinitions().find((one) => one.kind === kind);
  let schema: Schema | undefined = definition && builtinKindSchema(formatApiVersion({ group: definition.group, version: definition.storageVersion }), kind);
  for (const name of path) {
    while (schema?.type === 'list') schema = schema.item;
    schema = schema?.type === 'struct' ? schema.fields.get(name)?.schema : undefined;
  }
  return schema !== undefined;
}

test('every field that is said to do less exists', () => {
  const unknown = fieldStates.flatMap(({ kind, fields }) => fields.filter((field) => !isField(kind, field.split('.'))).map((field) => `${kind} ${field}`));
  assert.deepEqual(unknown, []);
});
