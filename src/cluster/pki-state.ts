/** An instance's keys and certificates: made once, kept in DIR/pki, readable by their owner only. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import path from 'node:path';
import { createAuthority, issueCertificate, type KeyPair } from '../pki/certificate-authority.ts';
import { generateEcKey, privateKeyPem, readPrivateKey } from '../pki/keys.ts';

export interface PkiState {
  /** Signs servers' and clients' certificates. */
  readonly authority: KeyPair;
  /** Signs what aggregated API servers trust as the front proxy. */
  readonly requestHeaderAuthority: KeyPair;
  readonly serviceAccountKey: KeyObject;
}

/** Loads what is in `directory` and makes what is missing. */
export function openPki(directory: string): PkiState {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return {
    authority: authorityIn(directory, 'ca', 'kubernetes'),
    requestHeaderAuthority: authorityIn(directory, 'front-proxy-ca', 'front-proxy-ca'),
    serviceAccountKey: keyIn(path.join(directory, 'sa.key')),
  };
}

/** The same without a directory: keys that live as long as the process. */
export function temporaryPki(): PkiState {
  let requestHeaderAuthority: KeyPair | undefined;
  return {
    authority: createAuthority({ commonName: 'kubernetes' }),
    get requestHeaderAuthority() {
      return (requestHeaderAuthority ??= createAuthority({ commonName: 'front-proxy-ca' }));
    },
    serviceAccountKey: generateEcKey(),
  };
}

function authorityIn(directory: string, name: string, commonName: string): KeyPair {
  const certFile = path.join(directory, `${name}.crt`);
  const keyFile = path.join(directory, `${name}.key`);
  if (existsSync(certFile) && existsSync(keyFile)) return { certPem: readFileSync(certFile, 'utf8'), keyPem: readFileSync(keyFile, 'utf8') };
  const made = createAuthority({ commonName });
  writePrivate(keyFile, made.keyPem);
  writeFileSync(certFile, made.certPem);
  return made;
}

function keyIn(file: string): KeyObject {
  if (existsSync(file)) return readPrivateKey(readFileSync(file, 'utf8'));
  const key = generateEcKey();
  writePrivate(file, privateKeyPem(key));
  return key;
}

export function writePrivate(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}

const yearMs = 365 * 24 * 3600 * 1000;

/** A certificate for clients: kubectl's user, a component, a node. */
export function issueClient(pki: PkiState, commonName: string, organizations: readonly string[], lifetimeMs = yearMs): KeyPair {
  return issueCertificate(pki.authority, { commonName, organizations, usages: 'client', lifetimeMs });
}

/** The API server's certificate, under every name that clients use for it. */
export function issueServer(pki: PkiState, names: { readonly hostName: string; readonly addresses: readonly string[] }, lifetimeMs = yearMs): KeyPair {
  const dnsNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local', 'localhost', names.hostName];
  return issueCertificate(pki.authority, { commonName: 'kube-apiserver', dnsNames: [...new Set(dnsNames)], ipAddresses: [...new Set(['127.0.0.1', '::1', ...names.addresses])], usages: 'server', lifetimeMs });
}
