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
import { isForDefinitionOnly, loadKindCases, type KindCases, type Patch, type UpdateCase } from '../../../src/resources/kind-cases.ts';

let cluster: Cluster;
before(async () => {
  // Nobody but the test writes, and Pods get no volume of their account's.
  cluster = await startCluster({ scheduler: false, controllers: [] });
  await cluster.client.of(serviceAccounts).namespace('default').create({ metadata: { name: 'default' }, automountServiceAccountToken: false });
});
after(() => cluster.close());

function clientOf({ definition }: KindCases, { metadata }: AnyObject): ResourceClient<AnyObject> {
  return cluster.client.of(typedKind<AnyObject>(definition)).namespace(metadata.namespace ?? 'default');
}

/** The object as a client of the storage version's name sends it. */
function sent(cases: KindCases, patch: Patch): AnyObject {
  const metadata = { name: 'a', ...(cases.base['metadata'] as object | undefined) };
  return inServedForm(cases, mergePatch({ ...cases.base, metadata }, patch));
}

/** Tables speak the stored form, which for a kind of two groups is the other group's. */
function inServedForm({ definition }: KindCases, patch: unknown): AnyObject {
  const version = definition.versions.find(({ name }) => name === definition.storageVersion);
  return (version?.fromStorage?.(draft(patch as AnyObject)) ?? patch) as AnyObject;
}

/** What is in `seen` is in the object; admission may have added to it. */
function assertSeen(cases: KindCases, object: AnyObject, seen: Patch): void {
  for (const [field, value] of Object.entries(inServedForm(cases, seen))) {
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
  const { before: stored = {}, change, subresource, refused } = one;
  const object = sent(cases, stored);
  const client = clientOf(cases, object);
  const { name = '' } = (await client.create(object)).metadata;
  try {
    if (stored['status'] !== undefined) await client.patch(name, 'merge', { status: stored['status'] }, { subresource: 'status' });
    const write = client.patch(name, 'merge', inServedForm(cases, change), subresource === undefined ? {} : { subresource });
    if (refused !== undefined) assertRefused(cases, await refusalOf(write), refused);
    else if (one.seen !== undefined) assertSeen(cases, await write, one.seen);
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
  assert.deepEqual({ code: status.code, reason: status.reason, causes: told }, { code: 422, reason: 'Invalid', causes: [...causes] }, status.message);
  const distinct = [...new Set(causes)];
  const text = distinct.length === 1 ? distinct[0] : `[${distinct.join(', ')}]`;
  assert.equal(status.message, `${group === '' ? kind : `${kind}.${group}`} ${JSON.stringify(status.details?.name ?? '')} is invalid: ${text ?? ''}`);
}

for (const cases of await loadKindCases()) {
  const { definition } = cases;
  describe(`${definition.kind} of ${definition.group || 'core'}`, () => {
    const create = (patch: Patch): Promise<AnyObject> => clientOf(cases, sent(cases, patch)).create(sent(cases, patch), { dryRun: true });
    test('its base is accepted', async () => assert.equal((await create({})).kind, definition.kind));
    for (const one of cases.defaults ?? []) {
      if (!isForDefinitionOnly(one)) test(`defaults: ${one[0]}`, async () => assertSeen(cases, await create(one[1]), one[2]));
    }
    for (const one of cases.accepted ?? []) {
      if (!isForDefinitionOnly(one)) test(`accepted: ${one[0]}`, async () => assert.equal((await create(one[1])).kind, definition.kind));
    }
    for (const one of cases.refused ?? []) {
      if (!isForDefinitionOnly(one)) test(`refused: ${one[0]}`, async () => assertRefused(cases, await refusalOf(create(one[1])), one[2]));
    }
    for (const one of cases.updates ?? []) {
      if (one.definitionOnly === undefined) test(`update: ${one.name}`, () => runUpdate(cases, one));
    }
  });
}
