import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { generateEcKey, publicKeyDer } from './keys.ts';
import { createSigner, TokenError } from './json-web-token.ts';
import { createServiceAccountTokens } from './service-account-token.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';
const key = generateEcKey();
let now = Date.UTC(2030, 0, 1);
const options = { signingKey: key, issuers: [issuer], clock: { now: () => now }, uuid: () => 'id-1' };
const request = { namespace: 'ns', serviceAccount: { name: 'sa', uid: 'u1' }, audiences: [issuer, 'vault'], lifetimeSeconds: 3600, pod: { name: 'p', uid: 'u2' }, node: { name: 'n', uid: 'u3' }, warnAfterSeconds: 100 };

test('a bound token says whom it speaks for, until it expires', () => {
  const tokens = createServiceAccountTokens(options);
  const { token, expiresAt } = tokens.sign(request);
  assert.deepEqual(tokens.verify(token, ['vault', 'x']), {
    namespace: 'ns', serviceAccount: request.serviceAccount, pod: request.pod, secret: undefined, node: request.node,
    audiences: ['vault'], expiresAt, warnAfter: now / 1000 + 100, id: 'id-1',
  });
  assert.throws(() => tokens.verify(token, ['other']), TokenError);
  now += 3600_000;
  assert.throws(() => tokens.verify(token, ['vault']), /expired/);
  now -= 3600_000;
});

test('another library verifies EC and RSA tokens with the published keys', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  for (const signingKey of [key, rsa]) {
    const tokens = createServiceAccountTokens({ ...options, signingKey });
    const jwks = tokens.jwks() as Parameters<typeof createLocalJWKSet>[0];
    const { payload, protectedHeader } = await jwtVerify(tokens.sign(request).token, createLocalJWKSet(jwks), { issuer, audience: 'vault', currentDate: new Date(now) });
    assert.equal(payload.sub, 'system:serviceaccount:ns:sa');
    assert.equal(protectedHeader.kid, jwks.keys[0]?.kid);
    assert.ok(jwks.keys.every((each) => !('d' in each)));
  }
});

test('tokens of Secrets have no end and any audience', () => {
  const tokens = createServiceAccountTokens(options);
  const identity = tokens.verify(tokens.signForSecret('ns', { name: 'sa', uid: 'u1' }, 'sa-token-x'), ['anything']);
  assert.deepEqual(identity, { namespace: 'ns', serviceAccount: { name: 'sa', uid: 'u1' }, secret: { name: 'sa-token-x' }, audiences: ['anything'] });
});

test('earlier keys still verify; foreign keys and issuers do not', () => {
  const earlier = createServiceAccountTokens({ ...options, signingKey: generateEcKey() });
  const foreign = createServiceAccountTokens({ ...options, signingKey: generateEcKey() });
  const tokens = createServiceAccountTokens({ ...options, verificationKeys: [keyOf(earlier)] });
  assert.equal(tokens.verify(earlier.sign(request).token, ['vault'])?.namespace, 'ns');
  assert.throws(() => tokens.verify(foreign.sign(request).token, ['vault']), TokenError);
  const elsewhere = createServiceAccountTokens({ ...options, issuers: ['https://elsewhere'] });
  assert.equal(tokens.verify(elsewhere.sign(request).token, ['vault']), undefined);
});

function keyOf(tokens: ReturnType<typeof createServiceAccountTokens>): ReturnType<typeof createPublicKey> {
  return createPublicKey({ key: tokens.jwks().keys[0] as Parameters<typeof createPublicKey>[0] & object, format: 'jwk' } as Parameters<typeof createPublicKey>[0]);
}

test('alg none, a public key as shared secret, and changed claims are refused', () => {
  const tokens = createServiceAccountTokens(options);
  const [header = '', payload = '', signature = ''] = tokens.sign(request).token.split('.');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
  const none = `${encode({ alg: 'none', kid })}.${payload}.`;
  const confusedHead = `${encode({ alg: 'HS256', kid })}.${payload}`;
  const confused = `${confusedHead}.${createHmac('sha256', publicKeyDer(key)).update(confusedHead).digest('base64url')}`;
  const wrongAlgorithm = `${encode({ alg: 'RS256', kid })}.${payload}.${signature}`;
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const promoted = `${header}.${encode({ ...claims, sub: 'system:serviceaccount:kube-system:admin' })}.${signature}`;
  for (const token of [none, `${none}x`, confused, wrongAlgorithm, promoted, 'a.b', '', '..', `${header}.${payload}.`]) {
    assert.throws(() => tokens.verify(token, ['vault']), TokenError, token);
  }
  const mismatched = createSigner(createPrivateKey(key.export({ type: 'sec1', format: 'pem' })))({ ...claims, sub: 'system:serviceaccount:ns:other' });
  assert.throws(() => tokens.verify(mismatched, ['vault']), /names no service account/);
});
