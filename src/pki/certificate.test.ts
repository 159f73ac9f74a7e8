import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createAuthority, issueCertificate } from './certificate-authority.ts';
import { readCertificate, readCertificates } from './certificate.ts';
import { createRequest, parseRequest, signRequest } from './certificate-request.ts';
import { generateEcKey, publicKeyDer } from './keys.ts';
import { decodePem, encodePem } from './pem.ts';
import { verifyChain } from './verify-chain.ts';

const hour = 3_600_000;
const authority = createAuthority({ commonName: 'test-ca' });
const root = readCertificate(authority.certPem);

test('an independent reader accepts issued certificates and their chain', () => {
  const pair = issueCertificate(authority, {
    commonName: 'system:node:a', organizations: ['system:nodes', 'extra'], usages: 'both',
    dnsNames: ['localhost', '*.example.test'], ipAddresses: ['127.0.0.1', '::1', '2001:db8::ff00:42:8329'],
  });
  const seen = new X509Certificate(pair.certPem);
  const seenRoot = new X509Certificate(authority.certPem);
  assert.equal(seen.subject, 'O=system:nodes\nO=extra\nCN=system:node:a');
  assert.ok(seen.verify(seenRoot.publicKey));
  assert.ok(seen.checkIssued(seenRoot));
  assert.ok(seenRoot.ca);
  assert.ok(!seen.ca);
  assert.equal(seen.checkIP('2001:db8::ff00:42:8329'), '2001:db8::ff00:42:8329');
  assert.equal(seen.checkHost('x.example.test'), '*.example.test');
});

test('reads back what was issued', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  const pair = issueCertificate(authority, {
    commonName: 'Jürgen', organizations: ['a', 'b', 'c'], usages: 'client', dnsNames: ['x'], ipAddresses: ['10.0.0.1', '::1', '::ffff:1.2.3.4'], lifetimeMs: hour, now,
  });
  const read = readCertificate(pair.certPem);
  assert.deepEqual(read.subject, { commonName: 'Jürgen', organizations: ['a', 'b', 'c'] });
  assert.deepEqual(read.issuer, { commonName: 'test-ca', organizations: [] });
  assert.equal(read.notBefore, now - 5 * 60_000);
  assert.equal(read.notAfter, now + hour);
  assert.deepEqual(read.dnsNames, ['x']);
  assert.deepEqual(read.ipAddresses, ['10.0.0.1', '::1', '::ffff:102:304']);
  assert.deepEqual(read.extendedKeyUsages, ['client auth']);
  assert.deepEqual(read.keyUsages, ['digital signature', 'key encipherment']);
  assert.equal(read.isAuthority, false);
  assert.equal(root.isAuthority, true);
  assert.deepEqual(root.keyUsages, ['digital signature', 'key encipherment', 'cert sign']);
  assert.equal(read.serialNumber, new X509Certificate(pair.certPem).serialNumber.toLowerCase());
  assert.deepEqual(readCertificate(read.der).subject, read.subject);
});

test('a certificate does not outlive its authority, and dates after 2049 are readable', () => {
  const long = createAuthority({ commonName: 'long', lifetimeMs: 40 * 365 * 24 * hour });
  const pair = issueCertificate(long, { commonName: 'leaf', usages: 'server', lifetimeMs: 100 * 365 * 24 * hour });
  assert.equal(readCertificate(pair.certPem).notAfter, readCertificate(long.certPem).notAfter);
  assert.ok(new Date(readCertificate(long.certPem).notAfter).getUTCFullYear() > 2050);
});

test('signs requests of every key type, keeping subject, names and key', () => {
  const keys = [generateEcKey(), generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, generateKeyPairSync('ed25519').privateKey];
  for (const key of keys) {
    const csr = createRequest({ commonName: 'system:node:b', organizations: ['system:nodes'], dnsNames: ['b'], ipAddresses: ['10.1.2.3'], key });
    const request = parseRequest(csr);
    assert.ok(request.signatureValid);
    assert.deepEqual(request.subject, { commonName: 'system:node:b', organizations: ['system:nodes'] });
    assert.deepEqual([request.dnsNames, request.ipAddresses], [['b'], ['10.1.2.3']]);
    const pem = signRequest(authority, csr, { usages: ['digital signature', 'server auth'], lifetimeMs: hour });
    const certificate = readCertificate(pem);
    assert.deepEqual(certificate.publicKeyDer, publicKeyDer(key));
    assert.deepEqual(certificate.ipAddresses, ['10.1.2.3']);
    assert.deepEqual(certificate.extendedKeyUsages, ['server auth']);
    assert.deepEqual(certificate.keyUsages, ['digital signature']);
    assert.ok(new X509Certificate(pem).verify(new X509Certificate(authority.certPem).publicKey));
  }
});

test('a request that was tampered with is seen and not signed', () => {
  const der = decodePem(createRequest({ commonName: 'victim', key: generateEcKey() }), 'CERTIFICATE REQUEST')[0];
  assert.ok(der);
  der.write('VICTIM', der.indexOf('victim'));
  const csr = encodePem('CERTIFICATE REQUEST', der);
  assert.equal(parseRequest(csr).signatureValid, false);
  assert.throws(() => signRequest(authority, csr, { usages: [], lifetimeMs: hour }), TypeError);
});

test('verifyChain tells authorities, times and purposes apart', () => {
  const other = readCertificate(createAuthority({ commonName: 'test-ca' }).certPem);
  const client = readCertificate(issueCertificate(authority, { commonName: 'c', usages: 'client', lifetimeMs: hour }).certPem);
  assert.equal(verifyChain(client, { authorities: [other, root], purpose: 'client auth' }), undefined);
  assert.match(verifyChain(client, { authorities: [other] }) ?? '', /unknown authority/);
  assert.match(verifyChain(client, { authorities: [root], purpose: 'server auth' }) ?? '', /not for server auth/);
  assert.match(verifyChain(client, { authorities: [root], now: client.notAfter + 1 }) ?? '', /expired/);
  assert.match(verifyChain(client, { authorities: [root], now: client.notBefore - 1 }) ?? '', /not valid yet/);
  const notAuthority = issueCertificate(authority, { commonName: 'fake', usages: 'both' });
  const forged = readCertificate(issueCertificate(notAuthority, { commonName: 'admin', usages: 'client' }).certPem);
  assert.match(verifyChain(forged, { authorities: [root], intermediates: [readCertificate(notAuthority.certPem)] }) ?? '', /unknown authority/);
});

test('bytes of strangers throw and nothing worse', () => {
  const { der } = readCertificate(issueCertificate(authority, { commonName: 'f', organizations: ['o'], dnsNames: ['d'], usages: 'both' }).certPem);
  let refused = 0;
  for (let at = 0; at < der.length; at++) {
    const damaged = Buffer.from(der);
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    try {
      readCertificate(damaged);
    } catch (error) {
      assert.ok(error instanceof Error && !(error instanceof RangeError), String(error));
      refused++;
    }
    assert.throws(() => readCertificate(der.subarray(0, at)));
  }
  assert.ok(refused > 20);
  assert.throws(() => readCertificate('no pem'), TypeError);
  assert.equal(readCertificates(authority.certPem + authority.certPem).length, 2);
});
