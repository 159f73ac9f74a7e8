/** Reading X.509 certificates: the parts that authentication and renewal ask for. */
import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { noAlternativeNames, readAlternativeNames } from './alternative-names.ts';
import type { AlternativeNames } from './alternative-names.ts';
import { childrenOf, contextTag, derTag, expectTag, readBits, readElement, readOnly, readTime } from './der.ts';
import type { DerElement } from './der.ts';
import { readName } from './distinguished-name.ts';
import type { DistinguishedName } from './distinguished-name.ts';
import { extensionOid, readExtensions } from './extensions.ts';
import { readKeyUsage, readPurposes } from './key-usage.ts';
import { decodePem } from './pem.ts';

export interface Certificate extends AlternativeNames {
  readonly der: Buffer;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** The names as encoded, which is how issuer and subject are compared. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  /** Lower-case hexadecimal. */
  readonly serialNumber: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isAuthority: boolean;
  /** 'digital signature', 'key encipherment'...: names as CertificateSigningRequests use them; undefined when not limited. */
  readonly keyUsages: readonly string[] | undefined;
  /** 'client auth', 'server auth'...; undefined when not limited. */
  readonly extendedKeyUsages: readonly string[] | undefined;
  readonly subjectKeyIdentifier: Buffer | undefined;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKeyDer: Buffer;
}

/** Reads DER, or the first certificate of a PEM text. Throws DerError or TypeError when there is none. */
export function readCertificate(source: string | Uint8Array): Certificate {
  const der = typeof source === 'string' ? decodePem(source, 'CERTIFICATE')[0] : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (!der) throw new TypeError('no certificate in the PEM text');
  const [body] = childrenOf(readOnly(der, derTag.sequence));
  const fields = childrenOf(expectTag(body, derTag.sequence));
  if (fields[0]?.tag === contextTag(0, true)) fields.shift();
  const [serial, , issuer, validity, subject, key, ...rest] = fields;
  const [notBefore, notAfter] = childrenOf(expectTag(validity, derTag.sequence));
  const wrapped = rest.find((field) => field.tag === contextTag(3, true));
  const extensions = wrapped ? readExtensions(readElement(wrapped.content)) : new Map<string, Buffer>();
  return {
    der,
    subject: readName(subject),
    issuer: readName(issuer),
    subjectDer: expectTag(subject, derTag.sequence).raw,
    issuerDer: expectTag(issuer, derTag.sequence).raw,
    serialNumber: expectTag(serial, derTag.integer).content.toString('hex').replace(/^(00)+(?=..)/, ''),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKeyDer: expectTag(key, derTag.sequence).raw,
    ...readKnownExtensions(extensions),
  };
}

type KnownExtensions = AlternativeNames & Pick<Certificate, 'isAuthority' | 'keyUsages' | 'extendedKeyUsages' | 'subjectKeyIdentifier'>;

function readKnownExtensions(extensions: ReadonlyMap<string, Buffer>): KnownExtensions {
  const read = <T>(type: string, reader: (value: Buffer) => T): T | undefined => {
    const value = extensions.get(type);
    return value && reader(value);
  };
  return {
    ...(read(extensionOid.subjectAlternativeName, readAlternativeNames) ?? noAlternativeNames),
    isAuthority: read(extensionOid.basicConstraints, readIsAuthority) ?? false,
    keyUsages: read(extensionOid.keyUsage, readKeyUsage),
    extendedKeyUsages: read(extensionOid.extendedKeyUsage, readPurposes),
    subjectKeyIdentifier: read(extensionOid.subjectKeyIdentifier, (value) => readOnly(value, derTag.octetString).content),
  };
}

function readIsAuthority(value: Buffer): boolean {
  const first: DerElement | undefined = childrenOf(readOnly(value, derTag.sequence))[0];
  return first?.tag === derTag.boolean && first.content[0] === 0xff;
}

/** Every certificate of a PEM text, in order. */
export function readCertificates(pem: string): Certificate[] {
  return decodePem(pem, 'CERTIFICATE').map((der) => readCertificate(der));
}

export function publicKeyOf(certificate: Certificate): KeyObject {
  return createPublicKey({ key: certificate.publicKeyDer, format: 'der', type: 'spki' });
}

/** The bits of a certificate's signature, for comparing two certificates of one body. */
export function signatureOf(certificate: Certificate): Buffer {
  return readBits(childrenOf(readElement(certificate.der))[2]);
}
