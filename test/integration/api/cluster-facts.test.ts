import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { items, startTestServer, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const secrets = '/api/v1/namespaces/default/secrets';

test('what a cluster tells of itself', async () => {
  const trust = await server.admin('GET', '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication');
  assert.match(String(trust.body['data']?.['requestheader-client-ca-file']), /^-----BEGIN CERTIFICATE/);
  assert.equal((await server.admin('GET', '/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system/roles/extension-apiserver-authentication-reader')).code, 200);
  const info = await server.as()('GET', '/api/v1/namespaces/kube-public/configmaps/cluster-info');
  assert.match(String(info.body['data']?.['kubeconfig']), /certificate-authority-data/);
  const parts = await server.admin('GET', '/api/v1/componentstatuses');
  assert.deepEqual(items(parts.body['items']).map((one) => one['metadata']?.['name']), ['controller-manager', 'etcd-0', 'scheduler']);
});

test('the addresses of Services are shown', async () => {
  const made = await server.admin('POST', '/api/v1/namespaces/default/services', { body: { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } } });
  const address = String(made.body['spec']?.['clusterIP']);
  await server.server.controlPlane.settled();
  const shown = await server.admin('GET', `/apis/networking.k8s.io/v1/ipaddresses/${address}`);
  assert.deepEqual(shown.body['spec']?.['parentRef'], { group: '', resource: 'services', namespace: 'default', name: 's' });
  const range = await server.admin('GET', '/apis/networking.k8s.io/v1/servicecidrs/kubernetes');
  assert.deepEqual(range.body['spec']?.['cidrs'], ['10.96.0.0/16']);
  await server.admin('DELETE', '/api/v1/namespaces/default/services/s');
  await server.server.controlPlane.settled();
  assert.equal((await server.admin('GET', `/apis/networking.k8s.io/v1/ipaddresses/${address}`)).code, 404);
});

test('a token Secret is filled, lets its account in, and goes with it', async () => {
  await server.admin('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'robot' } } });
  await server.server.controlPlane.settled();
  await server.admin('POST', secrets, { body: { metadata: { name: 'robot-token', annotations: { 'kubernetes.io/service-account.name': 'robot' } }, type: 'kubernetes.io/service-account-token' } });
  await server.server.controlPlane.settled();
  const filled = await server.admin('GET', `${secrets}/robot-token`);
  const token = Buffer.from(String(filled.body['data']?.['token']), 'base64').toString();
  const me = (): ReturnType<typeof server.admin> => server.as()('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: {}, headers: { authorization: `Bearer ${token}` } });
  assert.equal((await me()).body['status']?.['userInfo']?.['username'], 'system:serviceaccount:default:robot');
  for (const version of ['v1', 'v1beta1']) {
    const review = await server.admin('POST', `/apis/authentication.k8s.io/${version}/tokenreviews`, { body: { spec: { token } } });
    assert.deepEqual([review.body['apiVersion'], review.body['status']?.['authenticated']], [`authentication.k8s.io/${version}`, true]);
    const access = await server.admin('POST', `/apis/authorization.k8s.io/${version}/subjectaccessreviews`, { body: { spec: { user: 'x', groups: ['system:masters'], group: ['system:masters'], resourceAttributes: { verb: 'get', resource: 'pods' } } } });
    assert.equal(access.body['status']?.['allowed'], true, access.text);
  }
  await server.admin('DELETE', '/api/v1/namespaces/default/serviceaccounts/robot');
  await server.server.controlPlane.settled();
  assert.deepEqual([(await server.admin('GET', `${secrets}/robot-token`)).code, (await me()).code], [404, 401]);
});

test('one event, two groups', async () => {
  const regarding = { apiVersion: 'v1', kind: 'Pod', name: 'p', namespace: 'default' };
  const made = await server.admin('POST', '/apis/events.k8s.io/v1/namespaces/default/events', {
    body: { metadata: { name: 'e1' }, regarding, reason: 'R', note: 'N', type: 'Normal', eventTime: '2026-01-01T00:00:00.000000Z', reportingController: 'a.b/c', reportingInstance: 'i', action: 'A' },
  });
  assert.equal(made.code, 201, made.text);
  const core = await server.admin('GET', '/api/v1/namespaces/default/events/e1');
  assert.deepEqual([core.body['message'], core.body['involvedObject']?.['name'], core.body['reportingComponent']], ['N', 'p', 'a.b/c']);
  await server.admin('POST', '/api/v1/namespaces/default/events', { body: { metadata: { name: 'e2' }, involvedObject: regarding, reason: 'R', message: 'M', type: 'Normal', source: { component: 'c' } } });
  const events = await server.admin('GET', '/apis/events.k8s.io/v1/namespaces/default/events/e2');
  assert.deepEqual([events.body['note'], events.body['deprecatedSource'], events.body['apiVersion']], ['M', { component: 'c' }, 'events.k8s.io/v1']);
});
