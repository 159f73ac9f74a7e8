/**
 * The tokens of ServiceAccounts: the bound ones that expire, and those of token Secrets, which do not.
 * Whether the account, Pod or Secret that a token names still exists is the API server's to look up.
 * Upstream: k8s.io/kubernetes/pkg/serviceaccount/claims.go, legacy.go, jwt.go
 */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { createSigner, keySetDocument, peekClaims, TokenError, verificationKey, verifySignature } from './json-web-token.ts';
import type { VerificationKey } from './json-web-token.ts';

export interface ObjectReference {
  readonly name: string;
  readonly uid: string;
}

export interface BoundTokenRequest {
  readonly namespace: string;
  readonly serviceAccount: ObjectReference;
  readonly audiences: readonly string[];
  readonly lifetimeSeconds: number;
  /** What the token dies with. */
  readonly pod?: ObjectReference | undefined;
  readonly secret?: ObjectReference | undefined;
  readonly node?: { readonly name: string; readonly uid?: string | undefined } | undefined;
  /** Seconds after which its use should be warned about (tokens whose life was stretched for old clients). */
  readonly warnAfterSeconds?: number | undefined;
}

/** Whom a good token speaks for. */
export interface TokenIdentity {
  readonly namespace: string;
  readonly serviceAccount: ObjectReference;
  readonly pod?: ObjectReference | undefined;
  readonly secret?: { readonly name: string; readonly uid?: string | undefined } | undefined;
  readonly node?: { readonly name: string; readonly uid?: string | undefined } | undefined;
  /** The requested audiences that the token is for. */
  readonly audiences: readonly string[];
  /** Seconds since the epoch; undefined for tokens of Secrets. */
  readonly expiresAt?: number | undefined;
  readonly warnAfter?: number | undefined;
  /** The `jti` claim. */
  readonly id?: string | undefined;
}

export interface ServiceAccountTokensOptions {
  /** The first signs. EC P-256 or RSA. */
  readonly signingKey: KeyObject;
  /** Further keys whose tokens are good: earlier signing keys, private or public. */
  readonly verificationKeys?: readonly KeyObject[];
  /** The first is written into tokens; all are accepted. */
  readonly issuers: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  /** Makes the `jti` claim. */
  readonly uuid: () => string;
}

export interface ServiceAccountTokens {
  sign(request: BoundTokenRequest): { readonly token: string; readonly expiresAt: number };
  /** A token without end for a Secret of type kubernetes.io/service-account-token. */
  signForSecret(namespace: string, serviceAccount: ObjectReference, secretName: string): string;
  /**
   * Checks signature, issuer, times and that one of `audiences` is meant. Throws TokenError; undefined when the token is
   * not of these issuers at all, so that another authenticator may look at it.
   */
  verify(token: string, audiences: readonly string[]): TokenIdentity | undefined;
  jwks(): { keys: object[] };
  /** The algorithms of the keys, for the discovery document. */
  readonly algorithms: readonly string[];
}

const legacyIssuer = 'kubernetes/serviceaccount';
/** Seconds that clocks may differ. */
const leeway = 0;
const cacheSize = 2048;

type Claims = Readonly<Record<string, unknown>>;

export function createServiceAccountTokens(options: ServiceAccountTokensOptions): ServiceAccountTokens {
  const keys = distinctKeys([options.signingKey, ...(options.verificationKeys ?? [])]);
  const signClaims = createSigner(options.signingKey);
  const issuer = options.issuers[0] ?? legacyIssuer;
  const known = new Set([...options.issuers, legacyIssuer]);
  const verified = new Map<string, Claims>();

  const claimsOf = (token: string): Claims => {
    const cached = verified.get(token);
    if (cached) return cached;
    const claims = verifySignature(token, keys);
    if (verified.size >= cacheSize) for (const oldest of verified.keys()) { verified.delete(oldest); break; }
    verified.set(token, claims);
    return claims;
  };

  return {
    sign(request) {
      const now = Math.floor(options.clock.now() / 1000);
      const expiresAt = now + request.lifetimeSeconds;
      return { token: signClaims(boundClaims(request, { issuer, now, expiresAt, id: options.uuid() })), expiresAt };
    },
    signForSecret: (namespace, serviceAccount, secretName) => signClaims(legacyClaims(namespace, serviceAccount, secretName)),
    verify(token, audiences) {
      if (!verified.has(token) && !known.has(String(peekClaims(token)['iss']))) return undefined;
      const claims = claimsOf(token);
      if (claims['iss'] === legacyIssuer && typeof claims['kubernetes.io'] !== 'object') return readLegacy(claims, audiences);
      return readBound(claims, audiences, options.clock.now() / 1000);
    },
    jwks: () => keySetDocument(keys),
    algorithms: [...new Set(keys.map(({ algorithm }) => algorithm))],
  };
}

function distinctKeys(keys: readonly KeyObject[]): VerificationKey[] {
  return [...new Map(keys.map((key) => verificationKey(key)).map((key) => [key.kid, key])).values()];
}

const subjectOf = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

function boundClaims(request: BoundTokenRequest, made: { issuer: string; now: number; expiresAt: number; id: string }): object {
  const { namespace, serviceAccount, pod, secret, node, warnAfterSeconds } = request;
  const reference = (target: { name: string; uid?: string | undefined }): object => ({ name: target.name, ...(target.uid === undefined ? {} : { uid: target.uid }) });
  return {
    aud: request.audiences,
    exp: made.expiresAt,
    iat: made.now,
    iss: made.issuer,
    jti: made.id,
    'kubernetes.io': {
      namespace,
      ...(node && { node: reference(node) }),
      ...(pod && { pod: reference(pod) }),
      ...(secret && { secret: reference(secret) }),
      serviceaccount: reference(serviceAccount),
      ...(warnAfterSeconds === undefined ? {} : { warnafter: made.now + warnAfterSeconds }),
    },
    nbf: made.now,
    sub: subjectOf(namespace, serviceAccount.name),
  };
}

function legacyClaims(namespace: string, serviceAccount: ObjectReference, secretName: string): object {
  return {
    iss: legacyIssuer,
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secretName,
    'kubernetes.io/serviceaccount/service-account.name': serviceAccount.name,
    'kubernetes.io/serviceaccount/service-account.uid': serviceAccount.uid,
    sub: subjectOf(namespace, serviceAccount.name),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function readReference(value: unknown): ObjectReference | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, uid } = value as { name?: unknown; uid?: unknown };
  return { name: textOf(name), uid: textOf(uid) };
}

function readBound(claims: Claims, audiences: readonly string[], now: number): TokenIdentity {
  const { exp, nbf, aud } = claims;
  if (typeof exp !== 'number' || now >= exp + leeway) throw new TokenError('service account token has expired');
  if (typeof nbf === 'number' && now < nbf - leeway) throw new TokenError('service account token is not valid yet');
  const meant = (Array.isArray(aud) ? aud : [aud]).filter((each): each is string => typeof each === 'string');
  const matching = audiences.filter((each) => meant.includes(each));
  if (matching.length === 0) throw new TokenError(`token audiences ${JSON.stringify(meant)} is invalid for the target audiences ${JSON.stringify(audiences)}`);
  const own = claims['kubernetes.io'];
  if (typeof own !== 'object' || own === null) throw new TokenError('the token names no service account');
  const bound = own as Record<string, unknown>;
  const serviceAccount = readReference(bound['serviceaccount']);
  const namespace = textOf(bound['namespace']);
  if (!serviceAccount || namespace === '' || claims['sub'] !== subjectOf(namespace, serviceAccount.name)) throw new TokenError('the token names no service account');
  return {
    namespace,
    serviceAccount,
    pod: readReference(bound['pod']),
    secret: readReference(bound['secret']),
    node: readReference(bound['node']),
    audiences: matching,
    expiresAt: exp,
    warnAfter: typeof bound['warnafter'] === 'number' ? bound['warnafter'] : undefined,
    id: textOf(claims['jti']),
  };
}

/** Tokens of Secrets name no audience: they are for the API server, whatever its audiences are. */
function readLegacy(claims: Claims, audiences: readonly string[]): TokenIdentity {
  const part = (key: string): string => textOf(claims[`kubernetes.io/serviceaccount/${key}`]);
  const serviceAccount = { name: part('service-account.name'), uid: part('service-account.uid') };
  const namespace = part('namespace');
  const secretName = part('secret.name');
  if (namespace === '' || secretName === '' || serviceAccount.uid === '' || claims['sub'] !== subjectOf(namespace, serviceAccount.name)) {
    throw new TokenError('the token names no service account');
  }
  return { namespace, serviceAccount, secret: { name: secretName }, audiences };
}
