import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnyObject } from '../object.ts';
import { StatusError } from '../status-error.ts';
import { configurationProblems, joinProblems } from './check-configuration.ts';
import { applyConfiguration, updateManagedFields, type Writer } from './field-manager.ts';
import type { ManagedFieldsEntry } from './managed-fields.ts';
import { caseSchema, ownershipCases, type OwnershipCase, type Owners } from './ownership.cases.ts';

const now = '2024-01-01T00:00:00Z';
const writer: Writer = { manager: 'me', apiVersion: 'v1', now };

const objectOf = (content: object, owners: Owners = {}): AnyObject => ({ ...content, metadata: { name: 'x', ...(Object.keys(owners).length > 0 ? { managedFields: entriesOf(owners) } : {}) } });

function entriesOf(owners: Owners): ManagedFieldsEntry[] {
  return Object.entries(owners).map(([owner, fieldsV1]) => {
    const [operation, manager = ''] = owner.split(' ');
    return { manager, operation: operation === 'Apply' ? 'Apply' : 'Update', apiVersion: 'v1', time: now, fieldsType: 'FieldsV1', fieldsV1 };
  });
}

const ownersOf = (object: AnyObject): Owners =>
  Object.fromEntries(((object.metadata.managedFields ?? []) as ManagedFieldsEntry[]).map(({ operation, manager, fieldsV1 }) => [`${operation} ${manager}`, fieldsV1]));

function run({ live, owners, apply, update, force }: OwnershipCase): AnyObject {
  const before = live && objectOf(live, owners);
  if (apply) return applyConfiguration(caseSchema, before, objectOf(apply), { ...writer, force: force === true }).object;
  const updated = objectOf(update ?? {}, owners);
  return { ...updated, metadata: { ...updated.metadata, managedFields: updateManagedFields(caseSchema, before, updated, writer) } };
}

for (const row of ownershipCases) {
  test(row.name, () => {
    if (row.conflict !== undefined) {
      assert.throws(() => run(row), (error) => error instanceof StatusError && error.message === row.conflict);
      return;
    }
    const object = run(row);
    const { metadata: _, ...content } = object;
    assert.deepEqual(content, row.result ?? row.apply ?? row.update);
    assert.deepEqual(ownersOf(object), row.owned);
  });
}

const refusals: readonly (readonly [config: object, problem: string])[] = [
  [{ set: ['a', null] }, ".set: element 1: associative list without keys has an element that's an explicit null"],
  [{ set: [{}] }, ".set: element 0: associative list without keys has an element that's a map type"],
  [{ set: [[]] }, '.set: element 0: not supported: associative list with lists as elements'],
  [{ set: ['a', 'a'] }, '.set: duplicate entries for key [="a"]'],
  [{ list: [null] }, '.list: element 0: associative list with keys may not have a null element'],
  [{ list: ['a'] }, '.list: element 0: associative list with keys may not have non-map elements'],
  [{ list: [{ a: '1' }] }, '.list: element 0: associative list with keys has an element that omits key field "k" (and doesn\'t have default value)'],
  [{ list: [{ k: 'x' }, { k: 'x' }] }, '.list: duplicate entries for key [k="x"]'],
  [{ ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] }, '.ports: duplicate entries for key [port=1,protocol="TCP"]'],
  [{ list: [{ k: 'x', a: 1 }], parts: [] }, 'errors:\n  .list[k="x"].a: expected string, got &value.valueUnstructured{Value:1}\n  .parts: expected map, got &{[]}'],
  [{ unknown: 1 }, '.unknown: field not declared in schema'],
];

for (const [config, problem] of refusals) {
  test(`a configuration is refused: ${problem}`, () => {
    assert.equal(joinProblems(configurationProblems(caseSchema, config)), problem);
  });
}
