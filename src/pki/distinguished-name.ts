/** Who a certificate is for: in Kubernetes the common name is the user and each organisation a group. */
import { childrenOf, derTag, expectTag, oid, readOid, readText, sequence, setOf, utf8String } from './der.ts';
import type { DerElement } from './der.ts';

export interface DistinguishedName {
  readonly commonName: string;
  /** In the order of the certificate; a group each. */
  readonly organizations: readonly string[];
}

const commonNameOid = '2.5.4.3';
const organizationOid = '2.5.4.10';

const attribute = (type: string, value: string): Buffer => setOf(sequence(oid(type), utf8String(value)));

export function encodeName(name: DistinguishedName): Buffer {
  const parts = name.organizations.map((organization) => attribute(organizationOid, organization));
  if (name.commonName !== '') parts.push(attribute(commonNameOid, name.commonName));
  return sequence(...parts);
}

/** Attributes of other types are passed over; of several common names the last counts, as upstream's reader has it. */
export function readName(found: DerElement | undefined): DistinguishedName {
  let commonName = '';
  const organizations: string[] = [];
  for (const relative of childrenOf(expectTag(found, derTag.sequence))) {
    for (const pair of childrenOf(expectTag(relative, derTag.set))) {
      const [type, value] = childrenOf(expectTag(pair, derTag.sequence));
      if (value === undefined) continue;
      const kind = readOid(type);
      if (kind === commonNameOid) commonName = readText(value);
      if (kind === organizationOid) organizations.push(readText(value));
    }
  }
  return { commonName, organizations };
}
