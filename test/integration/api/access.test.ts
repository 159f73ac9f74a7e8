import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const pods = '/api/v1/namespaces/default/pods';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const pod = (name: string, extra: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], ...extra } });
const merge = { 'content-type': 'application/merge-patch+json' };

test('a node agent reads what its Pods refer to, and writes what is its own', async () => {
  const n1 = server.as('system:node:n1', ['system:nodes']);
  const n2 = server.as('system:node:n2', ['system:nodes']);
  await server.admin('POST', '/api/v1/namespaces/default/secrets', { body: { metadata: { name: 's' }, stringData: { a: 'b' } } });
  await server.admin('POST', pods, { body: pod('uses-secret', { volumes: [{ name: 'v', secret: { secretName: 's' } }] }) });
  const cases: [typeof n1, string, string, object | undefined, number][] = [
    [n1, 'GET', '/api/v1/namespaces/default/secrets/s', undefined, 200],
    [n2, 'GET', '/api/v1/namespaces/default/secrets/s', undefined, 403],
    [n1, 'GET', '/api/v1/namespaces/default/secrets', undefined, 403],
    [n1, 'GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1', undefined, 200],
    [n1, 'GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn2', undefined, 403],
    [n1, 'GET', '/api/v1/pods', undefined, 403],
    [n1, 'GET', `${pods}/uses-secret`, undefined, 200],
    [n2, 'GET', `${pods}/uses-secret`, undefined, 403],
    [n1, 'POST', '/api/v1/nodes', { metadata: { name: 'n1', labels: { 'kubernetes.io/hostname': 'n1' } } }, 201],
    [n1, 'POST', '/api/v1/nodes', { metadata: { name: 'n3' } }, 403],
    [n1, 'GET', '/api/v1/nodes/n1', undefined, 200],
    [n2, 'GET', '/api/v1/nodes/n1', undefined, 403],
    [n1, 'GET', '/api/v1/nodes?fieldSelector=metadata.name%3Dn1', undefined, 200],
    [n1, 'POST', pods, pod('not-a-mirror'), 403],
    [n1, 'DELETE', `${pods}/uses-secret?gracePeriodSeconds=0`, undefined, 200],
    [n1, 'POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { metadata: { name: 'n1' }, spec: { holderIdentity: 'n1' } }, 201],
    [n1, 'POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { metadata: { name: 'n9' } }, 403],
    [n1, 'GET', '/api/v1/services', undefined, 200],
    [server.as('system:node:n1'), 'GET', '/api/v1/nodes/n1', undefined, 403],
  ];
  for (const [who, method, url, body, code] of cases) {
    const answer = await who(method, url, body ? { body } : {});
    assert.equal(answer.code, code, `${method} ${url}: ${answer.text.slice(0, 300)}`);
  }
});

test('a node agent may not protect or taint its Node, nor write others\' Pods', async () => {
  const n1 = server.as('system:node:n4', ['system:nodes']);
  await n1('POST', '/api/v1/nodes', { body: { metadata: { name: 'n4' } } });
  const label = await n1('PATCH', '/api/v1/nodes/n4', { body: { metadata: { labels: { 'node-role.kubernetes.io/master': '', mine: 'x' } } }, headers: merge });
  assert.deepEqual([label.code, label.body['message']], [403, 'nodes "n4" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/master']);
  assert.equal((await n1('PATCH', '/api/v1/nodes/n4', { body: { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }, headers: merge })).code, 403);
  assert.equal((await n1('PATCH', '/api/v1/nodes/n4', { body: { metadata: { labels: { mine: 'x' } } }, headers: merge })).code, 200);
  await server.admin('POST', pods, { body: pod('elsewhere') });
  const status = await n1('PATCH', `${pods}/elsewhere/status`, { body: { status: { phase: 'Failed' } }, headers: merge });
  assert.deepEqual([status.code, status.body['message']], [403, 'pods "elsewhere" is forbidden: node "n4" can only update pod status for pods with spec.nodeName set to itself']);
});

test('nobody grants what they do not have, unless they may escalate or bind', async () => {
  const bob = server.as('bob');
  const give = async (name: string, rules: object[], namespace?: string): Promise<void> => {
    const kind = namespace ? 'Role' : 'ClusterRole';
    const base = namespace ? `${rbac}/namespaces/${namespace}` : rbac;
    await server.admin('POST', `${base}/${kind.toLowerCase()}s`, { body: { metadata: { name }, rules } });
    await server.admin('POST', `${base}/${kind.toLowerCase()}bindings`, { body: { metadata: { name }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name }, subjects: [{ kind: 'User', name: 'bob' }] } });
  };
  const read = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  await give('role-writer', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create', 'update', 'patch', 'get'] }, read], 'default');
  const roles = `${rbac}/namespaces/default/roles`;
  assert.equal((await bob('POST', roles, { body: { metadata: { name: 'own' }, rules: [read] } })).code, 201);
  const refused = await bob('POST', roles, { body: { metadata: { name: 'more' }, rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }] } });
  assert.equal(refused.code, 403);
  assert.equal(refused.body['message'], 'roles.rbac.authorization.k8s.io "more" is forbidden: user "bob" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}');
  const binding = (role: string) => ({ metadata: { name: `to-${role}` }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role }, subjects: [{ kind: 'User', name: 'eve' }] });
  assert.equal((await bob('POST', `${rbac}/namespaces/default/rolebindings`, { body: binding('view') })).code, 403);
  assert.equal((await bob('POST', `${rbac}/namespaces/default/rolebindings`, { body: binding('nothing') })).code, 404);
  await give('binder', [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['view'], verbs: ['bind'] }], 'default');
  assert.equal((await bob('POST', `${rbac}/namespaces/default/rolebindings`, { body: binding('view') })).code, 201);
});

test('a list by name counts as a request for that name', async () => {
  const eve = server.as('carl');
  await server.admin('POST', `${rbac}/namespaces/default/roles`, { body: { metadata: { name: 'one-map' }, rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'], verbs: ['list'] }] } });
  await server.admin('POST', `${rbac}/namespaces/default/rolebindings`, { body: { metadata: { name: 'one-map' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one-map' }, subjects: [{ kind: 'User', name: 'carl' }] } });
  assert.equal((await eve('GET', '/api/v1/namespaces/default/configmaps?fieldSelector=metadata.name%3Done')).code, 200);
  assert.equal((await eve('GET', '/api/v1/namespaces/default/configmaps')).code, 403);
});
