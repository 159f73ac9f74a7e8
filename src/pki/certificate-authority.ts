/** Making certificate authorities and certificates. Times are real time: TLS peers check them against their own clocks. */
import type { KeyObject } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { encodeAlternativeNames, noAlternativeNames } from './alternative-names.ts';
import { readCertificate } from './certificate.ts';
import { boolean, contextTag, element, integer, octetString, sequence, time } from './der.ts';
import { encodeName } from './distinguished-name.ts';
import { encodeExtension, extensionOid } from './extensions.ts';
import { encodeKeyUsage, encodePurposes } from './key-usage.ts';
import { generateEcKey, keyIdentifier, privateKeyPem, publicKeyDer, readPrivateKey, signatureAlgorithm, signedSequence } from './keys.ts';
import { encodePem } from './pem.ts';

/** A certificate and its private key. */
export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

const day = 24 * 60 * 60 * 1000;

/** How far back certificates are dated, in milliseconds, for peers whose clocks lag. */
export const backdate = 5 * 60 * 1000;

export interface AuthorityOptions {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** Default: ten years. */
  readonly lifetimeMs?: number;
  /** Milliseconds since the epoch; default: now. The certificate is dated `backdate` before it. */
  readonly now?: number;
  /** Default: a new EC P-256 key. */
  readonly key?: KeyObject;
}

/** A self-signed authority. */
export function createAuthority(options: AuthorityOptions): KeyPair {
  const key = options.key ?? generateEcKey();
  const now = options.now ?? systemClock.now();
  const spki = publicKeyDer(key);
  const name = encodeName({ commonName: options.commonName, organizations: options.organizations ?? [] });
  const der = buildCertificate({
    issuer: name,
    subject: name,
    spki,
    signer: key,
    authorityKeyIdentifier: undefined,
    notBefore: now - backdate,
    notAfter: now + (options.lifetimeMs ?? 3650 * day),
    usages: ['digital signature', 'key encipherment', 'cert sign'],
    alternativeNames: /^[a-z0-9.-]+$/i.test(options.commonName) ? encodeAlternativeNames({ ...noAlternativeNames, dnsNames: [options.commonName] }) : undefined,
    isAuthority: true,
  });
  return { certPem: encodePem('CERTIFICATE', der), keyPem: privateKeyPem(key) };
}

export interface CertificateOptions {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usages: 'server' | 'client' | 'both';
  /** Default: one year. Never outlives the authority. */
  readonly lifetimeMs?: number;
  /** Milliseconds since the epoch; default: now. The certificate is dated `backdate` before it. */
  readonly now?: number;
  /** Default: a new EC P-256 key. */
  readonly key?: KeyObject;
}

const purposesOf = { server: ['server auth'], client: ['client auth'], both: ['server auth', 'client auth'] } as const;

/** A certificate with a key of its own, signed by the authority. About a millisecond. */
export function issueCertificate(authority: KeyPair, options: CertificateOptions): KeyPair {
  const key = options.key ?? generateEcKey();
  const certPem = signCertificate(authority, {
    subject: encodeName({ commonName: options.commonName, organizations: options.organizations ?? [] }),
    spki: publicKeyDer(key),
    usages: ['digital signature', 'key encipherment', ...purposesOf[options.usages]],
    alternativeNames: encodeAlternativeNames({ ...noAlternativeNames, dnsNames: options.dnsNames ?? [], ipAddresses: options.ipAddresses ?? [] }),
    lifetimeMs: options.lifetimeMs ?? 365 * day,
    now: options.now ?? systemClock.now(),
  });
  return { certPem, keyPem: privateKeyPem(key) };
}

/** What a leaf certificate says, in encoded parts. */
export interface Leaf {
  readonly subject: Buffer;
  readonly spki: Buffer;
  /** Names of key-usage.ts. */
  readonly usages: readonly string[];
  readonly alternativeNames: Buffer | undefined;
  readonly lifetimeMs: number;
  readonly now: number;
}

/** Signs a leaf; it ends no later than the authority's own certificate. Gives PEM. */
export function signCertificate(authority: KeyPair, leaf: Leaf): string {
  const issuer = readCertificate(authority.certPem);
  const der = buildCertificate({
    ...leaf,
    issuer: issuer.subjectDer,
    signer: readPrivateKey(authority.keyPem),
    authorityKeyIdentifier: issuer.subjectKeyIdentifier,
    notBefore: leaf.now - backdate,
    notAfter: Math.min(leaf.now + leaf.lifetimeMs, issuer.notAfter),
    isAuthority: false,
  });
  return encodePem('CERTIFICATE', der);
}

interface CertificateParts extends Pick<Leaf, 'subject' | 'spki' | 'usages' | 'alternativeNames'> {
  readonly issuer: Buffer;
  readonly signer: KeyObject;
  readonly authorityKeyIdentifier: Buffer | undefined;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority: boolean;
}

function buildCertificate(parts: CertificateParts): Buffer {
  const version3 = element(contextTag(0, true), integer(Buffer.from([2])));
  const serial = systemRandom.bytes(16);
  serial[0] = (serial[0] ?? 0) & 0x7f | 0x40;
  const body = sequence(
    version3,
    integer(serial),
    signatureAlgorithm(parts.signer),
    parts.issuer,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    parts.subject,
    parts.spki,
    element(contextTag(3, true), sequence(...extensionsOf(parts))),
  );
  return signedSequence(body, parts.signer);
}

function extensionsOf(parts: CertificateParts): Buffer[] {
  const extensions: Buffer[] = [];
  const add = (type: string, value: Buffer | undefined, critical = false): void => {
    if (value) extensions.push(encodeExtension(type, value, critical));
  };
  add(extensionOid.keyUsage, encodeKeyUsage(parts.usages), true);
  add(extensionOid.extendedKeyUsage, encodePurposes(parts.usages));
  add(extensionOid.basicConstraints, parts.isAuthority ? sequence(boolean(true)) : sequence(), true);
  if (parts.isAuthority) add(extensionOid.subjectKeyIdentifier, octetString(keyIdentifier(parts.spki)));
  const issuerKey = parts.authorityKeyIdentifier;
  add(extensionOid.authorityKeyIdentifier, issuerKey && sequence(element(contextTag(0, false), issuerKey)));
  add(extensionOid.subjectAlternativeName, parts.alternativeNames, parts.subject.length === 2);
  return extensions;
}
