/** PKCS#10 certificate signing requests: reading, making and signing them. */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import { encodeAlternativeNames, noAlternativeNames, readAlternativeNames } from './alternative-names.ts';
import type { AlternativeNames } from './alternative-names.ts';
import { signCertificate } from './certificate-authority.ts';
import type { KeyPair } from './certificate-authority.ts';
import { childrenOf, contextTag, derTag, element, expectTag, integer, oid, readElement, readOid, readOnly, sequence, setOf } from './der.ts';
import type { DerElement } from './der.ts';
import { encodeName, readName } from './distinguished-name.ts';
import type { DistinguishedName } from './distinguished-name.ts';
import { encodeExtension, extensionOid, readExtensions } from './extensions.ts';
import { readKeyUsage, readPurposes } from './key-usage.ts';
import { isSignedBy, publicKeyDer, signedSequence } from './keys.ts';
import { decodePem, encodePem } from './pem.ts';

export interface CertificateRequest extends AlternativeNames {
  readonly subject: DistinguishedName;
  readonly subjectDer: Buffer;
  /** Key usages and purposes the request itself asks for; usually none: Kubernetes clients name them beside it. */
  readonly usages: readonly string[];
  readonly publicKeyDer: Buffer;
  /** Whether the request proves that its sender holds the private key. */
  readonly signatureValid: boolean;
}

const extensionRequestOid = '1.2.840.113549.1.9.14';

/** Reads a `CERTIFICATE REQUEST` block. Throws DerError or TypeError when it is none. */
export function parseRequest(csrPem: string): CertificateRequest {
  const der = decodePem(csrPem, 'CERTIFICATE REQUEST')[0] ?? decodePem(csrPem, 'NEW CERTIFICATE REQUEST')[0];
  if (!der) throw new TypeError('no certificate request in the PEM text');
  const [body] = childrenOf(readOnly(der, derTag.sequence));
  const [, subject, key, attributes] = childrenOf(expectTag(body, derTag.sequence));
  const spki = expectTag(key, derTag.sequence).raw;
  const extensions = requestedExtensions(attributes);
  const names = extensions.get(extensionOid.subjectAlternativeName);
  const bits = extensions.get(extensionOid.keyUsage);
  const purposes = extensions.get(extensionOid.extendedKeyUsage);
  return {
    ...(names ? readAlternativeNames(names) : noAlternativeNames),
    subject: readName(subject),
    subjectDer: expectTag(subject, derTag.sequence).raw,
    usages: [...(bits ? readKeyUsage(bits) : []), ...(purposes ? readPurposes(purposes) : [])],
    publicKeyDer: spki,
    signatureValid: isSignedBy(der, createPublicKey({ key: spki, format: 'der', type: 'spki' })),
  };
}

function requestedExtensions(attributes: DerElement | undefined): Map<string, Buffer> {
  if (attributes?.tag !== contextTag(0, true)) return new Map();
  for (const attribute of childrenOf(attributes)) {
    const [type, values] = childrenOf(attribute);
    if (readOid(type) === extensionRequestOid) return readExtensions(readElement(expectTag(values, derTag.set).content));
  }
  return new Map();
}

export interface SignRequestOptions {
  /** Names of CertificateSigningRequest usages; unknown ones are passed over (see isKnownUsage). */
  readonly usages: readonly string[];
  readonly lifetimeMs: number;
  /** Milliseconds since the epoch; default: now. */
  readonly now?: number;
}

/**
 * Gives a PEM certificate with the request's subject, names and key. Who may ask for what is the caller's to check first.
 * Throws TypeError when the request's signature is not valid.
 */
export function signRequest(authority: KeyPair, csrPem: string, options: SignRequestOptions): string {
  const request = parseRequest(csrPem);
  if (!request.signatureValid) throw new TypeError('the signature of the certificate request is not valid');
  return signCertificate(authority, {
    subject: request.subjectDer,
    spki: request.publicKeyDer,
    usages: options.usages,
    alternativeNames: encodeAlternativeNames(request),
    lifetimeMs: options.lifetimeMs,
    now: options.now ?? systemClock.now(),
  });
}

export interface RequestOptions extends Partial<AlternativeNames> {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly key: KeyObject;
}

/** A request in PEM, signed with `key`. */
export function createRequest(options: RequestOptions): string {
  const names = encodeAlternativeNames({ ...noAlternativeNames, ...options });
  const wanted = names && sequence(encodeExtension(extensionOid.subjectAlternativeName, names));
  const attributes = wanted ? [sequence(oid(extensionRequestOid), setOf(wanted))] : [];
  const body = sequence(
    integer(Buffer.from([0])),
    encodeName({ commonName: options.commonName, organizations: options.organizations ?? [] }),
    publicKeyDer(options.key),
    element(contextTag(0, true), ...attributes),
  );
  return encodePem('CERTIFICATE REQUEST', signedSequence(body, options.key));
}
