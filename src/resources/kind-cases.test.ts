/** Runs every kind's table of cases against its definition: defaults, preparation and validation in the API server's order. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FieldPath, formatFieldError, invalid, type FieldError, type FieldErrorType } from '../apimachinery/field-error.ts';
import { formatApiVersion } from '../apimachinery/group-version.ts';
import { mergePatch } from '../apimachinery/merge-patch.ts';
import { draft, type AnyObject } from '../apimachinery/object.ts';
import type { DraftObject, RequestFacts, ResourceDefinition, Strategy } from './definition.ts';
import { inWordsOf, loadKindCases, type KindCases, type Patch, type UpdateCase } from './kind-cases.ts';

function factsOf({ definition: { group, storageVersion } }: KindCases, version = storageVersion): RequestFacts {
  return { now: Date.parse('2026-01-01T00:00:00Z'), user: 'tester', dryRun: false, apiVersion: formatApiVersion({ group, version }) };
}

/** The object in the stored form, after the way through a version. */
function sent({ definition, base }: KindCases, patch: Patch, version: string | undefined): DraftObject {
  const apiVersion = formatApiVersion({ group: definition.group, version: definition.storageVersion });
  const metadata = { name: 'a', uid: '0a', creationTimestamp: '2026-01-01T00:00:00Z', ...(definition.namespaced ? { namespace: 'default' } : {}) };
  const whole = { apiVersion, kind: definition.kind, ...base, metadata: { ...metadata, ...(base['metadata'] as object | undefined) } };
  const stored = mergePatch(whole, patch) as DraftObject;
  const through = definition.versions.find(({ name }) => name === version);
  assert.ok(version === undefined || through !== undefined, `no version ${version ?? ''}`);
  const served = through?.fromStorage?.(draft(stored)) ?? draft(stored);
  return through?.toStorage?.(served) ?? served;
}

/** The object as a create would store it, and what validation says of it. */
function created(cases: KindCases, patch: Patch, version?: string): { object: DraftObject; errors: FieldError[] } {
  const { strategy, subresources } = cases.definition;
  const object = sent(cases, patch, version);
  const facts = factsOf(cases, version);
  if ('status' in subresources && !strategy.keepStatus) delete object['status'];
  strategy.defaults?.(object);
  const once = draft(object);
  strategy.defaults?.(object);
  assert.deepEqual(object, once, 'defaults are idempotent');
  strategy.prepareForCreate?.(object, facts);
  return { object, errors: [...nameErrors(cases.definition, object), ...(strategy.validate?.(object, facts) ?? [])] };
}

function nameErrors({ strategy }: ResourceDefinition, { metadata }: DraftObject): FieldError[] {
  return (strategy.validateName?.(metadata.name ?? '') ?? []).map((problem) => invalid(FieldPath.of('metadata', 'name'), metadata.name, problem));
}

function strategyOf({ definition }: KindCases, subresource: string | undefined): Strategy {
  if (subresource === undefined) return definition.strategy;
  const found = definition.subresources[subresource];
  assert.ok(found?.type === 'object', `no subresource ${subresource}`);
  return found.strategy;
}

function updated(cases: KindCases, { before = {}, change, subresource, beforeVersion, version }: UpdateCase): { object: DraftObject; errors: FieldError[] } {
  const stored = created(cases, before, beforeVersion).object;
  const facts = factsOf(cases, version);
  if (before['status'] !== undefined) stored['status'] = mergePatch(stored['status'], before['status']);
  const old = draft(stored) as AnyObject;
  const object = mergePatch(old, change) as DraftObject;
  const strategy = strategyOf(cases, subresource);
  if (subresource === 'status') keepAllBut(object, old, 'status');
  else if (subresource === undefined && 'status' in cases.definition.subresources) restore(object, old, 'status');
  cases.definition.strategy.defaults?.(object);
  strategy.prepareForUpdate?.(object, old, facts);
  return { object, errors: strategy.validateUpdate?.(object, old, facts) ?? [] };
}

function restore(object: DraftObject, old: AnyObject, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = draft(old[field]);
}

function keepAllBut(object: DraftObject, old: AnyObject, kept: string): void {
  for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) if (field !== kept && field !== 'metadata') restore(object, old, field);
}

const reasons: readonly (readonly [string, FieldErrorType])[] = [
  ['Required value', 'FieldValueRequired'], ['Invalid value', 'FieldValueInvalid'], ['Duplicate value', 'FieldValueDuplicate'], ['Forbidden', 'FieldValueForbidden'],
  ['Unsupported value', 'FieldValueNotSupported'], ['Not found', 'FieldValueNotFound'], ['Too long', 'FieldValueTooLong'], ['Too many', 'FieldValueTooMany'], ['Internal error', 'InternalError'],
];

/** The causes as lines, after a check that each one's reason goes with its message. */
function lines(errors: readonly FieldError[]): string[] {
  for (const error of errors) {
    const [, type] = reasons.find(([words]) => error.message.startsWith(words)) ?? [];
    assert.equal(error.type, type, formatFieldError(error));
  }
  return errors.map(formatFieldError);
}

function assertSeen(object: DraftObject, seen: Patch): void {
  for (const [field, value] of Object.entries(seen)) {
    if (field === 'metadata') for (const [key, part] of Object.entries(value as Patch)) assert.deepEqual((object.metadata as Patch)[key], part, `metadata.${key}`);
    else assert.deepEqual(object[field], value === null ? undefined : value, field);
  }
}

for (const cases of await loadKindCases()) {
  const { definition } = cases;
  describe(`${definition.kind} of ${definition.group || 'core'}`, () => {
    test('its base is accepted, and accepted again unchanged', () => {
      assert.deepEqual(lines(created(cases, {}).errors), []);
      assert.deepEqual(lines(updated(cases, { name: '', change: {} }).errors), []);
    });
    for (const [name, patch, seen, note] of cases.defaults ?? []) test(`defaults: ${name}`, () => assertSeen(created(cases, patch, note?.version).object, seen));
    for (const [name, patch, note] of cases.accepted ?? []) {
      test(`accepted: ${name}`, () => {
        const through = note?.version === undefined ? {} : { beforeVersion: note.version, version: note.version };
        assert.deepEqual(lines(created(cases, patch, note?.version).errors), []);
        assert.deepEqual(lines(updated(cases, { name, before: patch, change: {}, ...through }).errors), []);
      });
    }
    for (const [name, patch, causes, note] of cases.refused ?? []) test(`refused: ${name}`, () => assert.deepEqual(inWordsOf(causes, lines(created(cases, patch, note?.version).errors)), causes));
    for (const [name, patch, texts] of cases.warnings ?? []) {
      test(`warned of: ${name}`, () => {
        const { object, errors } = created(cases, patch);
        assert.deepEqual(lines(errors), []);
        assert.deepEqual(definition.strategy.warnings?.(object as AnyObject, undefined) ?? [], texts);
      });
    }
    for (const one of cases.updates ?? []) {
      test(`update: ${one.name}`, () => {
        const { object, errors } = updated(cases, one);
        assert.deepEqual(inWordsOf(one.refused ?? [], lines(errors)), one.refused ?? []);
        if (one.seen !== undefined) assertSeen(object, one.seen);
      });
    }
  });
}
