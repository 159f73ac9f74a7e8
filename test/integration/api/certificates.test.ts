import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRequest } from '../../../src/pki/certificate-request.ts';
import { readCertificate } from '../../../src/pki/certificate.ts';
import { generateEcKey } from '../../../src/pki/keys.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { items, startTestServer, type Answer, type TestServer } from '../../harness/api-server.ts';

let server: TestServer;
before(async () => { server = await startTestServer(); });
after(() => server[Symbol.asyncDispose]());

const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const client = ['client auth', 'digital signature', 'key encipherment'];

const requestFor = (commonName: string, organizations: string[], more: object = {}): string =>
  Buffer.from(createRequest({ commonName, organizations, key: generateEcKey(), ...more })).toString('base64');
const csr = (name: string, spec: object) => ({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name }, spec });

async function approve(name: string): Promise<Answer> {
  const now = await server.admin('GET', `${requests}/${name}`);
  const status = { conditions: [{ type: 'Approved', status: 'True', reason: 'Test', message: 'by a test' }] };
  return server.admin('PUT', `${requests}/${name}/approval`, { body: { ...now.body, status } });
}

async function settled(name: string): Promise<Answer> {
  await server.server.controlPlane.settled();
  return server.admin('GET', `${requests}/${name}`);
}

test('an approved request is signed, and its user may come in', async () => {
  const made = await server.admin('POST', requests, { body: csr('ann', { request: requestFor('ann', ['staff']), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], expirationSeconds: 3600, username: 'someone-else' }) });
  assert.deepEqual([made.code, made.body['spec']?.['username']], [201, 'admin']);
  assert.equal((await settled('ann')).body['status']?.['certificate'], undefined);
  assert.equal((await approve('ann')).code, 200);
  const signed = await settled('ann');
  const certificate = readCertificate(Buffer.from(String(signed.body['status']?.['certificate']), 'base64').toString());
  assert.deepEqual([certificate.subject.commonName, certificate.subject.organizations], ['ann', ['staff']]);
  assert.ok(certificate.notAfter - certificate.notBefore < 2 * 3600_000);
});

test('what a signer does not sign fails with a reason', async () => {
  await server.admin('POST', requests, { body: csr('wrong', { request: requestFor('bob', []), signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: client }) });
  await approve('wrong');
  const failed = items((await settled('wrong')).body['status']?.['conditions']).find((condition) => String(condition['type']) === 'Failed');
  assert.deepEqual([failed?.['reason'], failed?.['message']], ['SignerValidationFailure', 'subject organization is not system:nodes']);
  const refused = await server.admin('POST', requests, { body: csr('masters', { request: requestFor('root', ['system:masters']), signerName: 'kubernetes.io/kube-apiserver-client', usages: client }) });
  assert.deepEqual([refused.code, (await server.admin('POST', requests, { body: csr('junk', { request: 'anVuaw==', signerName: 'a.b/c', usages: client }) })).code], [403, 422]);
});

test('a node that may renew its certificate is approved by itself', async () => {
  await server.admin('POST', `${rbac}/clusterrolebindings`, { body: { metadata: { name: 'renew' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient' }, subjects: [{ kind: 'Group', name: 'system:nodes' }] } });
  const node = server.as('system:node:n1', ['system:nodes']);
  const made = await node('POST', requests, { body: csr('n1', { request: requestFor('system:node:n1', ['system:nodes']), signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: client }) });
  assert.equal(made.code, 201);
  const done = await settled('n1');
  assert.equal(done.body['status']?.['conditions']?.['0']?.['message'], 'Auto approving self kubelet client certificate after SubjectAccessReview.');
  assert.ok(done.body['status']?.['certificate']);
  await node('POST', requests, { body: csr('n2', { request: requestFor('system:node:n2', ['system:nodes']), signerName: 'kubernetes.io/kube-apiserver-client-kubelet', usages: client }) });
  assert.equal((await settled('n2')).body['status']?.['conditions'], undefined);
});

test('approving needs leave for the signer', async () => {
  await server.admin('POST', `${rbac}/clusterroles`, { body: { metadata: { name: 'approver' }, rules: [{ apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests', 'certificatesigningrequests/approval'], verbs: ['get', 'update'] }] } });
  await server.admin('POST', `${rbac}/clusterrolebindings`, { body: { metadata: { name: 'approver' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'approver' }, subjects: [{ kind: 'User', name: 'pat' }] } });
  await server.admin('POST', requests, { body: csr('ask', { request: requestFor('x', []), signerName: 'kubernetes.io/kube-apiserver-client', usages: client }) });
  const now = await server.admin('GET', `${requests}/ask`);
  const refused = await server.as('pat')('PUT', `${requests}/ask/approval`, { body: { ...now.body, status: { conditions: [{ type: 'Approved', status: 'True' }] } } });
  assert.match(String(refused.body['message']), /user not permitted to approve requests with signerName "kubernetes.io\/kube-apiserver-client"/);
});

test('a request that is none is refused in the words of a parser', async () => {
  const good = createRequest({ commonName: 'x', key: generateEcKey() });
  const der = Buffer.from(good.replace(/-----[^-]+-----/g, ''), 'base64');
  const pem = (bytes: Buffer, label = 'CERTIFICATE REQUEST'): string => Buffer.from(encodePem(label, bytes)).toString('base64');
  const tampered = Buffer.from(der);
  tampered[der.indexOf('x')] = 'y'.charCodeAt(0);
  const cases: readonly (readonly [string, string])[] = [
    [Buffer.from('junk').toString('base64'), 'PEM block type must be CERTIFICATE REQUEST'],
    [pem(der, 'NEW CERTIFICATE REQUEST'), 'PEM block type must be CERTIFICATE REQUEST'],
    [pem(der.subarray(0, -3)), 'asn1: syntax error: data truncated'],
    [pem(Buffer.concat([der, Buffer.from([0])])), 'asn1: syntax error: trailing data'],
    [pem(tampered), 'x509: ECDSA verification failure'],
  ];
  for (const [request, problem] of cases) {
    const { code, body } = await server.admin('POST', requests, { body: csr('none', { request, signerName: 'a.b/c', usages: client }) });
    assert.deepEqual([code, body['message']], [422, `CertificateSigningRequest.certificates.k8s.io "none" is invalid: spec.request: Invalid value: ${JSON.stringify(request)}: ${problem}`]);
  }
});

test('v1beta1 finds the signer of a request that names none', async () => {
  const beta = '/apis/certificates.k8s.io/v1beta1/certificatesigningrequests';
  const signerOf = async (request: string, usages?: readonly string[]): Promise<unknown> => {
    const { body } = await server.admin('POST', `${beta}?dryRun=All`, { body: { ...csr('old', { request, usages }), apiVersion: 'certificates.k8s.io/v1beta1' } });
    return body['spec']?.['signerName'];
  };
  const node = ['system:node:n1', ['system:nodes']] as const;
  assert.deepEqual(
    [await signerOf(requestFor(node[0], [...node[1]]), client), await signerOf(requestFor(node[0], [...node[1]], { dnsNames: ['n1'] }), ['digital signature', 'server auth']), await signerOf(requestFor('ann', []))],
    ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving', 'kubernetes.io/legacy-unknown'],
  );
});
