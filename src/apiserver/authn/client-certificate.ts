/** Users by client certificate: the common name is the user, each organization a group. */
import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { unauthorized } from '../../apimachinery/status-error.ts';
import { readCertificate } from '../../pki/certificate.ts';
import type { Authenticator } from '../filters/authentication.ts';
import type { UserInfo } from '../request.ts';

interface Read {
  readonly user: UserInfo | undefined;
  readonly notAfter: number;
}

/** Connections are long and certificates few: each is read once. */
const remembered = 1024;

/** The listener has verified the chain; what is checked here is that the certificate is still in its time. */
export function clientCertificates(clock: Clock): Authenticator {
  const known = new WeakMap<Uint8Array, Read>();
  const byText = new Map<string, Read>();
  return async ({ peer }) => {
    const { certificate } = peer;
    if (!certificate) return undefined;
    let read = known.get(certificate);
    if (!read) {
      const text = Buffer.from(certificate).toString('latin1');
      read = byText.get(text) ?? readUser(certificate);
      if (byText.size > remembered) byText.clear();
      byText.set(text, read);
      known.set(certificate, read);
    }
    if (clock.now() > read.notAfter) throw unauthorized();
    return read.user;
  };
}

function readUser(der: Uint8Array): Read {
  const { subject, notAfter, extendedKeyUsages } = readCertificate(der);
  const forClients = extendedKeyUsages === undefined || extendedKeyUsages.includes('client auth') || extendedKeyUsages.includes('any');
  const name = subject.commonName ?? '';
  if (!forClients || name === '') return { user: undefined, notAfter };
  const id = `X509SHA256=${createHash('sha256').update(der).digest('hex')}`;
  return { user: { name, groups: [...(subject.organizations ?? [])], extra: { 'authentication.kubernetes.io/credential-id': [id] } }, notAfter };
}
