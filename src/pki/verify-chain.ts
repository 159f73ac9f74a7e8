/**
 * Whether a certificate leads to one of some authorities. TLS already checks this when a client connects; the API server
 * asks again to tell authorities apart (clients' and the front proxy's share one listener) and to notice expiry on
 * connections that live long.
 */
import { systemClock } from '../base/clock.ts';
import { publicKeyOf } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { isSignedBy } from './keys.ts';

export interface VerifyOptions {
  readonly authorities: readonly Certificate[];
  /** Certificates between, as the peer sent them. */
  readonly intermediates?: readonly Certificate[];
  /** The purpose the leaf must allow: 'client auth', 'server auth'; undefined: any. */
  readonly purpose?: string;
  /** Milliseconds since the epoch; default: now. */
  readonly now?: number;
}

/** Undefined when `leaf` is good, else the reason in words. */
export function verifyChain(leaf: Certificate, options: VerifyOptions): string | undefined {
  const now = options.now ?? systemClock.now();
  const { purpose } = options;
  const allowed = leaf.extendedKeyUsages;
  if (purpose !== undefined && allowed && !allowed.includes(purpose) && !allowed.includes('any')) return `the certificate is not for ${purpose}`;
  let current = leaf;
  const left = [...(options.intermediates ?? [])];
  for (;;) {
    const problem = validityProblem(current, now);
    if (problem) return problem;
    const root = options.authorities.find((each) => isIssuer(each, current));
    if (root) return validityProblem(root, now);
    const next = left.findIndex((each) => isIssuer(each, current));
    const [intermediate] = next < 0 ? [] : left.splice(next, 1);
    if (!intermediate) return 'the certificate is signed by an unknown authority';
    current = intermediate;
  }
}

function validityProblem(certificate: Certificate, now: number): string | undefined {
  if (now < certificate.notBefore) return 'the certificate is not valid yet';
  if (now > certificate.notAfter) return 'the certificate has expired';
  return undefined;
}

function isIssuer(authority: Certificate, certificate: Certificate): boolean {
  if (!authority.isAuthority || !authority.subjectDer.equals(certificate.issuerDer)) return false;
  if (authority.keyUsages && !authority.keyUsages.includes('cert sign')) return false;
  return isSignedBy(certificate.der, publicKeyOf(authority));
}
