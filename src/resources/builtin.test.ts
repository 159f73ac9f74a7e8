/** What must hold of every built-in kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatApiVersion } from '../apimachinery/group-version.ts';
import { draft } from '../apimachinery/object.ts';
import { builtinDefinitions } from './builtin.ts';
import type { DraftObject, RequestFacts, ResourceDefinition } from './definition.ts';
import { createRegistry } from './registry.ts';
import { builtinPaths } from './schema/paths.ts';

const definitions = builtinDefinitions();
const facts: RequestFacts = { now: 0, user: 'tester', dryRun: false, apiVersion: 'v1' };
const label = ({ group, kind }: ResourceDefinition): string => `${kind} of ${group === '' ? 'core' : group}`;

/** An object as small as the schema lets it be, with and without a spec. */
function minimalObjects(definition: ResourceDefinition): DraftObject[] {
  const apiVersion = formatApiVersion({ group: definition.storageGroup ?? definition.group, version: definition.storageVersion });
  const base = { apiVersion, kind: definition.kind, metadata: { name: 'a', ...(definition.namespaced ? { namespace: 'default' } : {}) } };
  return [base, { ...base, spec: {}, status: {} }] as DraftObject[];
}

test('groups and plurals are unique, and so are short names within a group', () => {
  const plurals = definitions.map(({ group, plural }) => `${group}/${plural}`);
  assert.equal(new Set(plurals).size, plurals.length);
  const names = definitions.flatMap(({ group, shortNames }) => shortNames.map((name) => `${group}/${name}`));
  assert.equal(new Set(names).size, names.length);
});

test('storage prefixes are shared only where a definition says that its stored form is another group’s', () => {
  const owners = definitions.filter(({ storageGroup }) => storageGroup === undefined).map(({ storagePrefix }) => storagePrefix);
  assert.equal(new Set(owners).size, owners.length);
  for (const { storageGroup, storagePrefix } of definitions) if (storageGroup !== undefined) assert.ok(owners.includes(storagePrefix), storagePrefix);
});

for (const definition of definitions) {
  test(`${label(definition)}: its schemas are in the table and its storage version is served`, () => {
    for (const version of definition.versions) assert.equal(version.schema.type, 'struct');
    if (definition.storageGroup === undefined) assert.ok(definition.versions.some(({ name }) => name === definition.storageVersion));
    for (const version of definition.versions) {
      if (version.name !== definition.storageVersion) continue;
      if (definition.storageGroup === undefined) assert.equal(version.toStorage, undefined);
    }
  });

  test(`${label(definition)}: columns and field selectors answer for a minimal object, defaults are idempotent, validation does not throw`, () => {
    for (const object of minimalObjects(definition)) {
      definition.strategy.defaults?.(object);
      const once = draft(object);
      definition.strategy.defaults?.(object);
      assert.deepEqual(object, once);
      for (const column of definition.columns) assert.notEqual(column.cell(object, 0), undefined, column.name);
      for (const [name, value] of Object.entries(definition.selectableFields)) assert.equal(typeof value(object), 'string', name);
      definition.strategy.prepareForCreate?.(object, facts);
      assert.ok(Array.isArray(definition.strategy.validate?.(object, facts) ?? []));
      assert.ok(Array.isArray(definition.strategy.validateUpdate?.(object, draft(object), facts) ?? []));
    }
  });

  test(`${label(definition)}: conversions of a minimal object return it`, () => {
    for (const object of minimalObjects(definition)) {
      for (const { toStorage, fromStorage } of definition.versions) {
        const there = fromStorage?.(draft(object) as DraftObject) ?? object;
        assert.equal((toStorage?.(there) ?? there).metadata.name, 'a');
      }
    }
  });
}

/** On by default in v1.36 is what upstream documents; the path table lists everything that can be switched on. */
const offByDefault = /alpha|^(admissionregistration|networking|storage|resource|certificates|coordination|storagemigration)\.k8s\.io\/v\d+beta|^coordination.*beta1\/leasecandidates/;

test('every resource of the v1 API is defined, with the table’s kind, scope, verbs and subresources', () => {
  const registry = createRegistry(definitions);
  for (const path of builtinPaths()) {
    const { group, version, plural } = path;
    if (offByDefault.test(`${group}/${version}`)) continue;
    const found = registry.byResource(group, version, plural);
    assert.ok(found, `${group}/${version} ${plural}`);
    assert.equal(found.definition.kind, path.kind);
    assert.equal(found.definition.namespaced, path.namespaced);
    assert.deepEqual([...found.definition.verbs].sort(), [...path.verbs].sort(), `verbs of ${plural}`);
  }
});

test('the registry follows additions and removals and tells its listeners', () => {
  const registry = createRegistry(definitions);
  const pod = registry.byKind('', 'v1', 'Pod')?.definition;
  assert.ok(pod);
  let changes = 0;
  const stop = registry.onChange(() => (changes += 1));
  registry.put({ ...pod, group: 'example.com' });
  assert.equal(registry.byResource('example.com', 'v1', 'pods')?.definition.group, 'example.com');
  registry.remove('example.com', 'pods');
  assert.equal(registry.byKind('example.com', 'v1', 'Pod'), undefined);
  assert.ok(registry.byKind('', 'v1', 'Pod'));
  stop();
  registry.remove('', 'pods');
  assert.equal(changes, 2);
});
