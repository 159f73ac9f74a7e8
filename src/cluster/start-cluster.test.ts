import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { test } from 'node:test';
import { parse } from 'yaml';
import { isNotFound } from '../apimachinery/status-error.ts';
import { configMaps } from '../resources/core/config-map.ts';
import { namespaces } from '../resources/core/namespace.ts';
import { serviceAccounts } from '../resources/core/service-account.ts';
import { tokenReviewDefinition } from '../resources/authentication/token-review.ts';
import { typedKind } from '../resources/define.ts';
import type { TokenRequest, TokenReview } from '../resources/types/authentication-v1.ts';
import { startCluster } from './start-cluster.ts';

test('a cluster starts with the system namespaces, stores objects and closes', async () => {
  await using cluster = await startCluster();
  const names = (await cluster.client.of(namespaces).list()).items.map((namespace) => namespace.metadata.name);
  assert.deepEqual(names, ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  const maps = cluster.client.of(configMaps).namespace('default');
  const created = await maps.create({ metadata: { name: 'settings' }, data: { mode: 'fast' } });
  assert.deepEqual((await maps.get('settings')).data, created.data);
  await maps.delete('settings');
  await assert.rejects(maps.get('settings'), isNotFound);
});

test('time moves only when it is told to', async () => {
  await using cluster = await startCluster({ now: 1_000_000 });
  let rang = false;
  cluster.clock.after(60_000, () => (rang = true));
  await cluster.clock.advance(59_999);
  assert.equal(rang, false);
  await cluster.clock.advance(1);
  assert.equal(rang, true);
  assert.equal(cluster.clock.now(), 1_060_000);
});

const widgets = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' },
  spec: { group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }] },
};

/** Asks as the kubeconfig's user. */
async function get(kubeconfig: string, url: string): Promise<{ status: number | undefined; text: string }> {
  const config = parse(kubeconfig) as { clusters: [{ cluster: Record<string, string> }]; users: [{ user: Record<string, string> }] };
  const [{ cluster }] = config.clusters;
  const [{ user }] = config.users;
  const decoded = (text = ''): Buffer => Buffer.from(text, 'base64');
  const request = https.get(`${cluster['server']}${url}`, { agent: false, ca: decoded(cluster['certificate-authority-data']), cert: decoded(user['client-certificate-data']), key: decoded(user['client-key-data']) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, text: (await response.toArray()).join('') };
}

test('programs outside reach it by a kubeconfig, each user with their own rights', async () => {
  await using cluster = await startCluster({ nodes: 1, crds: [widgets] });
  const admin = await cluster.kubeconfig();
  assert.match((await get(admin, '/api/v1/nodes')).text, /"kind":"NodeList"/);
  assert.equal((await get(admin, '/apis/example.com/v1/widgets')).status, 200);
  const jane = await cluster.kubeconfig({ name: 'jane', groups: ['dev'] });
  assert.match((await get(jane, '/api/v1/nodes')).text, /nodes is forbidden: User \\"jane\\" cannot list resource/);
});

test("service accounts' tokens follow the cluster's clock", async () => {
  await using cluster = await startCluster();
  const review = async (token: string): Promise<unknown> => (await cluster.client.of(typedKind<TokenReview>(tokenReviewDefinition)).create({ metadata: {}, spec: { token } })).status?.authenticated;
  const asked = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } };
  const { status } = (await cluster.client.of(serviceAccounts).namespace('default').post('default', 'token', asked)) as unknown as TokenRequest;
  assert.equal(await review(status?.token ?? ''), true);
  await cluster.clock.advance(700_000);
  assert.notEqual(await review(status?.token ?? ''), true);
});
