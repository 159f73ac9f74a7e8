/**
 * Compact JSON Web Signatures, signed and checked synchronously. The key decides the algorithm, never the token: a token
 * is held against keys by its `kid`, and its `alg` must be the one of the key found, so neither `none` nor a public key
 * passed off as a shared secret gets anywhere. Upstream: k8s.io/kubernetes/pkg/serviceaccount/jwt.go
 */
import { createHash, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { publicKeyDer } from './keys.ts';

export class TokenError extends Error {
  override readonly name = 'TokenError';
}

/** A public key under the identifier that upstream gives it: base64url of the SHA-256 of its DER form. */
export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: 'ES256' | 'RS256';
  readonly key: KeyObject;
}

export function verificationKey(key: KeyObject): VerificationKey {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return { kid: createHash('sha256').update(publicKeyDer(publicKey)).digest('base64url'), algorithm: algorithmOf(publicKey), key: publicKey };
}

function algorithmOf(key: KeyObject): 'ES256' | 'RS256' {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new TypeError('tokens need an RSA or an EC P-256 key');
}

/** Makes a token signer for one private key. */
export function createSigner(privateKey: KeyObject): (claims: object) => string {
  const { kid, algorithm } = verificationKey(privateKey);
  const header = Buffer.from(JSON.stringify({ alg: algorithm, kid })).toString('base64url');
  return (claims) => {
    const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  };
}

const tokenForm = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/**
 * The claims of a token that one of `keys` signed; their meaning (times, audience) is not looked at.
 * A token without `kid` is tried against every key of its algorithm. Throws TokenError.
 */
export function verifySignature(token: string, keys: readonly VerificationKey[]): Record<string, unknown> {
  const [, header = '', payload = '', signature = ''] = tokenForm.exec(token) ?? [];
  if (header === '') throw new TokenError('not a compact signed token');
  const { alg, kid, crit } = decodeObject(header);
  if (crit !== undefined) throw new TokenError('the token has critical headers');
  const bytes = Buffer.from(`${header}.${payload}`);
  const claimed = Buffer.from(signature, 'base64url');
  for (const candidate of keys) {
    if (candidate.algorithm !== alg || (kid !== undefined && kid !== candidate.kid)) continue;
    if (verify('sha256', bytes, { key: candidate.key, dsaEncoding: 'ieee-p1363' }, claimed)) return decodeObject(payload);
  }
  throw new TokenError('no key matches the signature of the token');
}

/** The claims without any check, to see whom a token says it is from. Throws TokenError. */
export function peekClaims(token: string): Record<string, unknown> {
  const payload = tokenForm.exec(token)?.[2];
  if (payload === undefined) throw new TokenError('not a compact signed token');
  return decodeObject(payload);
}

function decodeObject(part: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new TokenError('the token holds no JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TokenError('the token holds no JSON object');
  return value as Record<string, unknown>;
}

/** The JWKS document that tells others the keys, as served at `/openid/v1/jwks`. */
export function keySetDocument(keys: readonly VerificationKey[]): { keys: object[] } {
  return { keys: keys.map(({ kid, algorithm, key }) => ({ use: 'sig', kid, alg: algorithm, ...key.export({ format: 'jwk' }) })) };
}
