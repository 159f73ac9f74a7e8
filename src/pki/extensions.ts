/** The extensions of certificates and requests: a list of (type, critical, value). */
import { boolean, childrenOf, derTag, expectTag, octetString, oid, readOid, sequence } from './der.ts';
import type { DerElement } from './der.ts';

export const extensionOid = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

export function encodeExtension(type: string, value: Uint8Array, critical = false): Buffer {
  return critical ? sequence(oid(type), boolean(true), octetString(value)) : sequence(oid(type), octetString(value));
}

/** Values by type. An extension given twice is an error: which one counts would depend on the reader. */
export function readExtensions(found: DerElement): Map<string, Buffer> {
  const values = new Map<string, Buffer>();
  for (const child of childrenOf(expectTag(found, derTag.sequence))) {
    const parts = childrenOf(expectTag(child, derTag.sequence));
    const type = readOid(parts[0]);
    if (values.has(type)) throw new TypeError(`extension ${type} is given twice`);
    values.set(type, expectTag(parts.at(-1), derTag.octetString).content);
  }
  return values;
}
