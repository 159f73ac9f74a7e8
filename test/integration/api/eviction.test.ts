import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock.ts';
import { after, before, test } from 'node:test';
import { items, startTestServer, type Answer, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const pods = '/api/v1/namespaces/default/pods';
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
const merge = { 'content-type': 'application/merge-patch+json' };

async function runningPod(name: string, app: string, ready = true): Promise<void> {
  await server.admin('POST', pods, { body: { metadata: { name, labels: { app } }, spec: { nodeName: 'n', terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: 'i' }] } } });
  await server.admin('PATCH', `${pods}/${name}/status`, { body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } }, headers: merge });
}

const evict = (name: string, version = 'policy/v1', extra: object = {}): Promise<Answer> =>
  server.admin('POST', `${pods}/${name}/eviction`, { body: { apiVersion: version, kind: 'Eviction', metadata: { name, namespace: 'default' }, ...extra } });

test('without a budget a Pod goes', async () => {
  await runningPod('free', 'free');
  const dry = await evict('free', 'policy/v1', { deleteOptions: { dryRun: ['All'] } });
  assert.deepEqual([dry.code, (await server.admin('GET', `${pods}/free`)).code], [201, 200]);
  const gone = await evict('free', 'policy/v1beta1');
  assert.deepEqual([gone.code, gone.body['status'], (await server.admin('GET', `${pods}/free`)).code], [201, 'Success', 404]);
});

/** Resolves when the budget's controller has seen its spec and allows that many disruptions. */
async function allows(disruptions: number, budget = 'web'): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await server.admin('GET', `${budgets}/${budget}`);
    const seen = Number(body['status']?.['observedGeneration'] ?? 0) === Number(body['metadata']?.['generation']);
    if (seen && Number(body['status']?.['disruptionsAllowed']) === disruptions) return;
    await systemClock.sleep(20);
  }
  assert.fail(`the budget ${budget} does not come to allow ${disruptions} disruptions`);
}

test('a budget refuses, allows, and counts', async () => {
  await runningPod('a', 'web');
  await runningPod('b', 'web');
  const spec = (minAvailable: number) => ({ spec: { minAvailable, selector: { matchLabels: { app: 'web' } } } });
  await server.admin('POST', budgets, { body: { metadata: { name: 'web' }, ...spec(2) } });
  await allows(0);
  const refused = await evict('a');
  assert.deepEqual([refused.code, refused.body['message']], [429, "Cannot evict pod as it would violate the pod's disruption budget."]);
  assert.deepEqual(refused.body['details']?.['causes'], [{ reason: 'DisruptionBudget', message: 'The disruption budget web needs 2 healthy pods and has 2 currently' }]);
  await server.admin('PATCH', `${budgets}/web`, { body: spec(1), headers: merge });
  await allows(1);
  assert.equal((await evict('a')).code, 201);
  assert.equal((await evict('b')).code, 429);
  await server.admin('POST', budgets, { body: { metadata: { name: 'web2' }, ...spec(1) } });
  assert.equal((await evict('b')).code, 500);
});

test('a Pod that is not ready goes when the others suffice, or when the budget always lets it', async () => {
  await runningPod('well', 'sick');
  await runningPod('ill', 'sick', false);
  await runningPod('worse', 'sick', false);
  const spec = (more: object) => ({ spec: { selector: { matchLabels: { app: 'sick' } }, ...more } });
  await server.admin('POST', budgets, { body: { metadata: { name: 'sick' }, ...spec({ minAvailable: 1 }) } });
  await allows(0, 'sick');
  assert.deepEqual([(await evict('well')).code, (await evict('ill')).code], [429, 201]);
  await server.admin('PATCH', `${budgets}/sick`, { body: spec({ minAvailable: 2 }), headers: merge });
  await allows(0, 'sick');
  assert.equal((await evict('worse')).code, 429);
  await server.admin('PATCH', `${budgets}/sick`, { body: spec({ unhealthyPodEvictionPolicy: 'AlwaysAllow' }), headers: merge });
  await allows(0, 'sick');
  assert.deepEqual([(await evict('well')).code, (await evict('worse')).code], [429, 201]);
});

test('deletion: preconditions, propagation, finalizers', async () => {
  const maps = '/api/v1/namespaces/default/configmaps';
  const made = await server.admin('POST', maps, { body: { metadata: { name: 'held', finalizers: ['example.com/hold'] } } });
  const wrong = await server.admin('DELETE', `${maps}/held`, { body: { preconditions: { uid: 'other' } } });
  assert.deepEqual([wrong.code, wrong.body['reason']], [409, 'Conflict']);
  assert.equal((await server.admin('DELETE', `${maps}/held`, { body: { propagationPolicy: 'Sideways' } })).code, 422);
  const begun = await server.admin('DELETE', `${maps}/held?propagationPolicy=Foreground`);
  assert.deepEqual(begun.body['metadata']?.['finalizers'], ['example.com/hold', 'foregroundDeletion']);
  assert.equal(begun.body['metadata']?.['uid'], made.body['metadata']?.['uid']);
  const done = await server.admin('PATCH', `${maps}/held`, { body: { metadata: { finalizers: null } }, headers: merge });
  assert.deepEqual([done.code, (await server.admin('GET', `${maps}/held`)).code], [200, 404]);
});

test('a collection goes by selector', async () => {
  const maps = '/api/v1/namespaces/default/configmaps';
  for (const name of ['x1', 'x2', 'y1']) await server.admin('POST', maps, { body: { metadata: { name, labels: { set: name.slice(0, 1) } } } });
  const gone = await server.admin('DELETE', `${maps}?labelSelector=set%3Dx`);
  assert.deepEqual([gone.code, gone.body['kind'], items(gone.body['items']).length], [200, 'ConfigMapList', 2]);
  assert.deepEqual([(await server.admin('GET', `${maps}/x1`)).code, (await server.admin('GET', `${maps}/y1`)).code], [404, 200]);
});
