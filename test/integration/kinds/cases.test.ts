/**
 * Every kind's table of cases against a running API server: what is accepted, what a client is told of what is refused (422, Invalid,
 * each cause and the message made of them), and which defaults it sees. Creates are dry runs: nothing stays.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mergePatch } from '../../../src/apimachinery/merge-patch.ts';
import { draft, type AnyObject } from '../../../src/apimachinery/object.ts';
import { isNotFound, StatusError, type Status } from '../../../src/apimachinery/status-error.ts';
import type { ResourceClient } from '../../../src/client/client.ts';
import { startCluster, type Cluster } from '../../../src/cluster/index.ts';
import { serviceAccounts } from '../../../src/resources/core/service-account.ts';
import { typedKind } from '../../../src/resources/define.ts';
import { inWordsOf, isForDefinitionOnly, loadKindCases, type CaseNote, type KindCases, type Patch, type UpdateCase } from '../../../src/resources/kind-cases.ts';

let cluster: Cluster;
before(async () => {
  // Nobody but the test writes, and Pods get no volume of their account's.
  cluster = await startCluster({ scheduler: false, controllers: [] });
  await cluster.client.of(serviceAccounts).namespace('default').create({ metadata: { name: 'default' }, automountServiceAccountToken: false });
});
after(() => cluster.close());

function clientOf({ definition }: KindCases, { metadata }: AnyObject, version?: string): ResourceClient<AnyObject> {
  return cluster.client.of(typedKind<AnyObject>(definition, version)).namespace(metadata.namespace ?? 'default');
}

/** The object as a client of a version sends it; the storage version's by default. */
function sent(cases: KindCases, patch: Patch, version?: string): AnyObject {
  const metadata = { name: 'a', ...(cases.base['metadata'] as object | undefined) };
  return inServedForm(cases, mergePatch({ ...cases.base, metadata }, patch), version);
}

/** Tables speak the stored form, which for a kind of two groups is the other group's. */
function inServedForm({ definition }: KindCases, patch: unknown, served = definition.storageVersion): AnyObject {
  const version = definition.versions.find(({ name }) => name === served);
  return (version?.fromStorage?.(draft(patch as AnyObject)) ?? patch) as AnyObject;
}

/** What is in `seen` is in the object; admission may have added to it. */
function assertSeen(cases: KindCases, object: AnyObject, seen: Patch, version?: string): void {
  for (const [field, value] of Object.entries(inServedForm(cases, seen, version))) {
    if (value === null) assert.equal(object[field], undefined, field);
    else assert.partialDeepStrictEqual({ [field]: object[field] }, { [field]: value });
  }
}

/** Takes an object away at once, whatever holds it. */
async function remove({ definition }: KindCases, client: ResourceClient<AnyObject>, name: string): Promise<void> {
  await client.delete(name, { gracePeriodSeconds: 0, propagationPolicy: 'Background' });
  try {
    await client.patch(name, 'merge', { metadata: { finalizers: null } });
    if ('finalize' in definition.subresources) await client.patch(name, 'merge', { spec: { finalizers: null } }, { subresource: 'finalize' });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function runUpdate(cases: KindCases, one: UpdateCase): Promise<void> {
  const { before: stored = {}, change, subresource, refused, beforeVersion, version } = one;
  const object = sent(cases, stored, beforeVersion);
  const client = clientOf(cases, object, version);
  const { name = '' } = (await clientOf(cases, object, beforeVersion).create(object)).metadata;
  try {
    if (stored['status'] !== undefined) await client.patch(name, 'merge', { status: stored['status'] }, { subresource: 'status' });
    const write = client.patch(name, 'merge', inServedForm(cases, change, version), subresource === undefined ? {} : { subresource });
    if (refused !== undefined) assertRefused(cases, await refusalOf(write), refused);
    else if (one.seen !== undefined) assertSeen(cases, await write, one.seen, version);
    else await write;
  } finally {
    await remove(cases, client, name);
  }
}

async function refusalOf(write: Promise<unknown>): Promise<Status> {
  try {
    await write;
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  return assert.fail('it was accepted');
}

/** `causes` in the words of a client: the whole of the Status. */
function assertRefused({ definition: { group, kind } }: KindCases, status: Status, causes: readonly string[]): void {
  const told = (status.details?.causes ?? []).map(({ field, message }) => `${field ?? ''}: ${message ?? ''}`);
  assert.deepEqual({ code: status.code, reason: status.reason, causes: inWordsOf(causes, told) }, { code: 422, reason: 'Invalid', causes: [...causes] }, status.message);
  const distinct = [...new Set(told)];
  const text = distinct.length === 1 ? distinct[0] : `[${distinct.join(', ')}]`;
  assert.equal(status.message, `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(status.details?.name ?? '')} is invalid: ${text ?? ''}`);
}

for (const cases of await loadKindCases()) {
  const { definition } = cases;
  describe(`${definition.kind} of ${definition.group || 'core'}`, () => {
    const create = (patch: Patch, note?: CaseNote): Promise<AnyObject> => {
      const object = sent(cases, patch, note?.version);
      return clientOf(cases, object, note?.version).create(object, { dryRun: true });
    };
    test('its base is accepted', async () => assert.equal((await create({})).kind, definition.kind));
    for (const [name, patch, seen, note] of cases.defaults ?? []) {
      if (!isForDefinitionOnly(note)) test(`defaults: ${name}`, async () => assertSeen(cases, await create(patch, note), seen, note?.version));
    }
    for (const [name, patch, note] of cases.accepted ?? []) {
      if (!isForDefinitionOnly(note)) test(`accepted: ${name}`, async () => assert.equal((await create(patch, note)).kind, definition.kind));
    }
    for (const [name, patch, causes, note] of cases.refused ?? []) {
      if (!isForDefinitionOnly(note)) test(`refused: ${name}`, async () => assertRefused(cases, await refusalOf(create(patch, note)), causes));
    }
    for (const one of cases.updates ?? []) {
      if (one.definitionOnly === undefined) test(`update: ${one.name}`, () => runUpdate(cases, one));
    }
  });
}
