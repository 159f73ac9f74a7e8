import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { createAuthority, issueCertificate } from '../../pki/certificate-authority.ts';
import { readCertificate } from '../../pki/certificate.ts';
import type { ApiRequest } from '../request.ts';
import { clientCertificates } from './client-certificate.ts';

const authority = createAuthority({ commonName: 'test' });

function identify(usages: 'client' | 'server'): { readonly der: Buffer; readonly user: ReturnType<ReturnType<typeof clientCertificates>> } {
  const { der } = readCertificate(issueCertificate(authority, { commonName: 'jane', organizations: ['a', 'b'], usages }).certPem);
  return { der, user: clientCertificates(systemClock)({ peer: { address: '127.0.0.1', certificate: der } } as unknown as ApiRequest) };
}

test('the common name is the user, organizations are groups, and the certificate is told by its digest', async () => {
  const { der, user } = identify('client');
  const digest = createHash('sha256').update(der).digest('hex');
  assert.deepEqual(await user, { name: 'jane', groups: ['a', 'b'], extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${digest}`] } });
});

test('a certificate for servers makes nobody', async () => {
  assert.equal(await identify('server').user, undefined);
});
