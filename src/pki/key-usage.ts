/**
 * What a certificate's key may be used for, under the names that CertificateSigningRequests use.
 * Upstream: k8s.io/api/certificates/v1/types.go, k8s.io/kubernetes/pkg/apis/certificates/helpers.go
 */
import { bitString, childrenOf, derTag, oid, readBits, readElement, readOid, readOnly, sequence } from './der.ts';

/** Bit positions of the keyUsage extension (RFC 5280, 4.2.1.3). */
const bits: Readonly<Record<string, number>> = {
  'digital signature': 0,
  signing: 0,
  'content commitment': 1,
  'key encipherment': 2,
  'data encipherment': 3,
  'key agreement': 4,
  'cert sign': 5,
  'crl sign': 6,
  'encipher only': 7,
  'decipher only': 8,
};

const purposes: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
};

/** The name of each bit and purpose: where two names mean one thing, the first. */
const nameOfBit = new Map<number, string>();
for (const [name, bit] of Object.entries(bits)) if (!nameOfBit.has(bit)) nameOfBit.set(bit, name);
const nameOfPurpose = new Map<string, string>();
for (const [name, id] of Object.entries(purposes)) if (!nameOfPurpose.has(id)) nameOfPurpose.set(id, name);

export function isKnownUsage(name: string): boolean {
  return name in bits || name in purposes;
}

/** The keyUsage extension's value for those usages that are bits; undefined when none is. */
export function encodeKeyUsage(usages: readonly string[]): Buffer | undefined {
  let mask = 0;
  for (const usage of usages) {
    const bit = bits[usage];
    if (bit !== undefined) mask |= 0x8000 >> bit;
  }
  if (mask === 0) return undefined;
  let unused = 0;
  while ((mask & (1 << unused)) === 0) unused++;
  const bytes = mask & 0xff ? Buffer.from([mask >> 8, mask & 0xff]) : Buffer.from([mask >> 8]);
  return bitString(bytes, unused % 8);
}

/** The extKeyUsage extension's value for those usages that are purposes; undefined when none is. */
export function encodePurposes(usages: readonly string[]): Buffer | undefined {
  const ids = new Set(usages.flatMap((usage) => purposes[usage] ?? []));
  return ids.size > 0 ? sequence(...[...ids].map(oid)) : undefined;
}

export function readKeyUsage(value: Buffer): string[] {
  const flags = readBits(readElement(value));
  return [...nameOfBit].filter(([bit]) => ((flags[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0).map(([, name]) => name);
}

/** Purposes without a name here come as their object identifier. */
export function readPurposes(value: Buffer): string[] {
  return childrenOf(readOnly(value, derTag.sequence)).map((child) => {
    const id = readOid(child);
    return nameOfPurpose.get(id) ?? id;
  });
}
