/**
 * The requests that Helm makes, over HTTP and in its order: capabilities, releases kept in Secrets, objects made, patched in three ways and
 * removed, and the reads of `--wait`. Recorded from what Helm's documentation and its client library say, not from a run of Helm itself.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { items, startTestServer, type Answer, type Json, type TestServer } from '../../harness/api-server.ts';
import { eventually } from '../../harness/bounded.ts';

const secrets = '/api/v1/namespaces/default/secrets';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
let server: TestServer;

before(async () => { server = await startTestServer({ simulatedNodes: 1 }); });
after(() => server[Symbol.asyncDispose]());

const ask = (method: string, url: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> => server.admin(method, url, { ...(body ? { body } : {}), headers: { 'user-agent': 'Helm/3.14.0', ...headers } });

const labels = (version: number, status: string): Record<string, string> => ({ name: 'shop', owner: 'helm', status, version: String(version), modifiedAt: '1700000000' });

/** A release as Helm stores it: JSON, gzipped, in base64, and in base64 once more as Secrets have it. */
const release = (version: number, status: string): object => ({
  apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1', metadata: { name: `sh.helm.release.v1.shop.v${version}`, labels: labels(version, status) },
  data: { release: Buffer.from(gzipSync(JSON.stringify({ name: 'shop', version, info: { status }, manifest: 'x'.repeat(5000) })).toString('base64')).toString('base64') },
});

const owned = { labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { 'meta.helm.sh/release-name': 'shop', 'meta.helm.sh/release-namespace': 'default' } };
const web = (image: string): object => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop-web', ...owned },
  spec: { replicas: 2, selector: { matchLabels: { app: 'shop' } }, template: { metadata: { labels: { app: 'shop' } }, spec: { containers: [{ name: 'web', image, ports: [{ containerPort: 80 }] }] } } },
});

/** Whether `--wait` would go on: what Helm looks at in a Deployment. */
const isReady = ({ body }: Answer): boolean => body['status']?.['readyReplicas'] === (2 as unknown as Json) && body['status']?.['observedGeneration'] === body['metadata']?.['generation'];

test('capabilities: the version, and every group version that there is', async () => {
  const version = await ask('GET', '/version');
  assert.match(String(version.body['gitVersion']), /^v1\.\d+\.\d+/);
  const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' };
  for (const url of ['/api', '/apis']) assert.equal((await ask('GET', url, undefined, aggregated)).body['kind'], 'APIGroupDiscoveryList');
  const { body } = await ask('GET', '/apis');
  for (const group of items(body['groups'])) {
    for (const one of items(group['versions'])) assert.equal((await ask('GET', `/apis/${String(one['groupVersion'])}`)).body['kind'], 'APIResourceList');
  }
});

test('install: no release of the name, then a pending one, the objects, and it is deployed', async () => {
  assert.equal(items((await ask('GET', `${secrets}?labelSelector=name%3Dshop%2Cowner%3Dhelm`)).body['items']).length, 0);
  assert.equal((await ask('POST', secrets, release(1, 'pending-install'))).code, 201);
  assert.equal((await ask('POST', secrets, release(1, 'pending-install'))).body['reason'], 'AlreadyExists');
  assert.equal((await ask('GET', `${deployments}/shop-web`)).code, 404);
  assert.equal((await ask('POST', `${deployments}?dryRun=All&fieldManager=helm&fieldValidation=Strict`, web('nginx:1'))).code, 201);
  assert.equal((await ask('POST', `${deployments}?fieldManager=helm`, web('nginx:1'))).code, 201);
  assert.equal((await ask('PUT', `${secrets}/sh.helm.release.v1.shop.v1`, release(1, 'deployed'))).code, 200);
});

test('--wait reads Deployments, their ReplicaSets by owner, and Pods by selector', async () => {
  const { body } = await eventually(() => ask('GET', `${deployments}/shop-web`), isReady);
  const sets = await ask('GET', '/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3Dshop');
  const mine = items(sets.body['items']).filter((set) => items(set['metadata']?.['ownerReferences'])[0]?.['uid'] === body['metadata']?.['uid']);
  assert.deepEqual(mine.map((set) => set['status']?.['readyReplicas']), [2]);
  const pods = await ask('GET', '/api/v1/namespaces/default/pods?labelSelector=app%3Dshop');
  assert.deepEqual(items(pods.body['items']).map((pod) => items(pod['status']?.['conditions']).find(({ type }) => String(type) === 'Ready')?.['status']), ['True', 'True']);
});

test('upgrade: a patch of three sides keeps what others changed, and takes out what the chart dropped', async () => {
  await ask('PATCH', `${deployments}/shop-web`, { metadata: { annotations: { 'other.example.com/kept': 'yes' } } }, strategic);
  assert.equal((await ask('POST', secrets, release(2, 'pending-upgrade'))).code, 201);
  const patch = { spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'web' }], containers: [{ name: 'web', image: 'nginx:2', '$setElementOrder/ports': [], ports: [{ containerPort: 80, $patch: 'delete' }] }] } } } };
  const { body } = await ask('PATCH', `${deployments}/shop-web?fieldManager=helm`, patch, strategic);
  const container = items(body['spec']?.['template']?.['spec']?.['containers'])[0];
  assert.deepEqual([container?.['image'], items(container?.['ports']).length], ['nginx:2', 0]);
  assert.equal(body['metadata']?.['annotations']?.['other.example.com/kept'], 'yes');
  await eventually(() => ask('GET', `${deployments}/shop-web`), isReady);
  assert.equal((await ask('PUT', `${secrets}/sh.helm.release.v1.shop.v1`, release(1, 'superseded'))).code, 200);
  assert.equal((await ask('PUT', `${secrets}/sh.helm.release.v1.shop.v2`, release(2, 'deployed'))).code, 200);
});

test('history and status find releases by label, and the stored release comes back as it was', async () => {
  const { body } = await ask('GET', `${secrets}?labelSelector=name%3Dshop%2Cowner%3Dhelm%2Cstatus%3Ddeployed`);
  assert.deepEqual(items(body['items']).map((secret) => [secret['metadata']?.['name'], secret['type']]), [['sh.helm.release.v1.shop.v2', 'helm.sh/release.v1']]);
  assert.equal(items(body['items'])[0]?.['data']?.['release'], (release(2, 'deployed') as { data: { release: string } }).data.release);
  assert.equal((await ask('PUT', `${secrets}/sh.helm.release.v1.shop.v2`, { ...release(2, 'deployed'), type: 'Opaque' })).code, 422);
});

test('uninstall: objects go in the background, then the releases', async () => {
  assert.equal((await ask('DELETE', `${deployments}/shop-web`, { propagationPolicy: 'Background' })).code, 200);
  assert.equal((await ask('DELETE', `${deployments}/shop-web`, { propagationPolicy: 'Background' })).code, 404);
  await eventually(() => ask('GET', '/api/v1/namespaces/default/pods?labelSelector=app%3Dshop'), ({ body }) => items(body['items']).length === 0);
  for (const version of [1, 2]) assert.equal((await ask('DELETE', `${secrets}/sh.helm.release.v1.shop.v${version}`)).code, 200);
});
