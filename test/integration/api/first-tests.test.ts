/** Nine defects seen in another implementation: what a client must get instead. Over HTTPS, as clients are. */
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import { items, startTestServer, type Json, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const maps = '/api/v1/namespaces/default/configmaps';
const services = '/api/v1/namespaces/default/services';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const pod = (name: string, spec: object = {}): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec } });
const deployment = (name: string, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { replicas: 0, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } } },
  ...more,
});
const causes = (body: Json): string[] => items(body['details']?.['causes']).map((cause) => `${cause['field']} ${cause['reason']}`);

test('1: a second Namespace of one name is 409 AlreadyExists', async () => {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'twice' } };
  assert.equal((await server.admin('POST', '/api/v1/namespaces', { body })).code, 201);
  const again = await server.admin('POST', '/api/v1/namespaces', { body });
  assert.deepEqual([again.code, again.body['reason'], again.body['message']], [409, 'AlreadyExists', 'namespaces "twice" already exists']);
});

test('2: invalid Pods are 422 with every cause', async () => {
  const named = await server.admin('POST', pods, { body: pod('P_bad name') });
  assert.deepEqual([named.code, named.body['reason'], causes(named.body)], [422, 'Invalid', ['metadata.name FieldValueInvalid']]);
  const doubled = await server.admin('POST', pods, { body: pod('doubled', { containers: [{ name: 'a' }, { name: 'a' }] }) });
  assert.equal(doubled.code, 422);
  assert.deepEqual(causes(doubled.body).sort(), ['spec.containers[0].image FieldValueRequired', 'spec.containers[1].image FieldValueRequired', 'spec.containers[1].name FieldValueDuplicate']);
});

test('3: metadata is filled in', async () => {
  for (const [url, body] of [[pods, pod('filled')], [deployments, deployment('filled')], ['/api/v1/namespaces', { metadata: { name: 'filled' } }], ['/api/v1/nodes', { metadata: { name: 'filled' } }]] as const) {
    const { body: created } = await server.admin('POST', url, { body });
    assert.match(String(created['metadata']?.['creationTimestamp']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.match(String(created['metadata']?.['uid']), uuid);
    if (String(created['kind']) === 'Deployment') assert.equal(created['metadata']?.['generation'], 1);
  }
});

test('4: a PUT of a Pod changes only what may change', async () => {
  await server.admin('POST', pods, { body: pod('fixed') });
  const current = (await server.admin('GET', `${pods}/fixed`)).body as unknown as { metadata: object; spec: { containers: object[] }; status: object };
  const put = (change: object) => server.admin('PUT', `${pods}/fixed`, { body: { ...current, ...change } });
  const withStatus = await put({ status: { phase: 'Running' }, colour: 'blue' });
  assert.deepEqual([withStatus.code, withStatus.body['status']?.['phase'], withStatus.body['colour']], [200, 'Pending', undefined]);
  const otherUid = await put({ metadata: { ...current.metadata, uid: '11111111-1111-4111-8111-111111111111' } });
  assert.deepEqual([otherUid.code, otherUid.body['reason']], [409, 'Conflict']);
  const renamed = await put({ spec: { ...current.spec, containers: [{ ...current.spec.containers[0], name: 'other' }] } });
  assert.deepEqual([renamed.code, renamed.body['reason']], [422, 'Invalid']);
});

test('5: a new Deployment has no status of its sender', async () => {
  const { code, body } = await server.admin('POST', deployments, { body: deployment('boastful', { status: { replicas: 7, readyReplicas: 7 } }) });
  assert.deepEqual([code, body['status']?.['replicas'], body['status']?.['readyReplicas']], [201, undefined, undefined]);
});

test('6: a watch by label sees DELETED when the label goes', async () => {
  const created = await server.admin('POST', maps, { body: { metadata: { name: 'labelled', labels: { watch: 'me' } } } });
  const revision = String(created.body['metadata']?.['resourceVersion']);
  const events = watchUntil(`${maps}?watch=true&labelSelector=watch%3Dme&resourceVersion=${revision}`, 'DELETED');
  await server.admin('PATCH', `${maps}/labelled`, { body: { metadata: { labels: { watch: 'you' } } }, headers: { 'content-type': 'application/merge-patch+json' } });
  const last = (await events).at(-1);
  assert.equal(last?.['object']?.['metadata']?.['name'], 'labelled');
});

/** The events of a watch up to the first of this type. */
function watchUntil(url: string, type: string): Promise<Json[]> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: server.server.port, path: url, agent: server.admin.agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const events = text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Json);
        if (!events.some((event) => String(event['type']) === type)) return;
        resolve(events);
        call.destroy();
      });
      response.on('end', () => reject(new Error(`the watch ended after ${text}`)));
    });
    call.on('error', reject);
    call.end();
  });
}

test('7: limit gives a part and a token; dryRun stores nothing', async () => {
  const items = (list: Json): readonly Json[] => (list as unknown as { items: Json[] }).items;
  const [all, part] = [(await server.admin('GET', '/api/v1/namespaces')).body, (await server.admin('GET', '/api/v1/namespaces?limit=2')).body];
  assert.equal(items(part).length, 2);
  assert.equal(part['metadata']?.['remainingItemCount'], items(all).length - 2);
  const rest = await server.admin('GET', `/api/v1/namespaces?limit=100&continue=${encodeURIComponent(String(part['metadata']?.['continue']))}`);
  const names = (list: Json): string[] => items(list).map((item) => String(item['metadata']?.['name']));
  assert.deepEqual([...names(part), ...names(rest.body)], names(all));
  const dry = await server.admin('POST', `${maps}?dryRun=All`, { body: { metadata: { name: 'dry' } } });
  assert.deepEqual([dry.code, (await server.admin('GET', `${maps}/dry`)).code], [201, 404]);
});

test('8: an impossible Pod stays Pending and unbound', async () => {
  const spec = { nodeSelector: { nowhere: 'true' }, containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu: '100000' } } }], initContainers: [{ name: 'first', image: 'nginx', command: ['false'] }] };
  assert.equal((await server.admin('POST', pods, { body: pod('impossible', spec) })).code, 201);
  await server.server.controlPlane.settled();
  const { body } = await server.admin('GET', `${pods}/impossible`);
  assert.deepEqual([body['status']?.['phase'], body['spec']?.['nodeName']], ['Pending', undefined]);
});

test('9: a headless Service can be made', async () => {
  const { code, body } = await server.admin('POST', services, { body: { metadata: { name: 'headless' }, spec: { clusterIP: 'None', selector: { app: 'x' }, ports: [{ port: 80 }] } } });
  assert.deepEqual([code, body['spec']?.['clusterIP'], body['spec']?.['clusterIPs']], [201, 'None', ['None']]);
});
