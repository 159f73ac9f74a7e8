/** Key pairs and how X.509 names the signatures made with them. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { element, derTag, oid, sequence, expectTag, childrenOf, readElement, readBits, readOid } from './der.ts';

/** An EC P-256 key: well under a millisecond to make, so the default everywhere. */
export function generateEcKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

/** An RSA key, made off the main thread; 2048 bits can take 100 ms and more. */
export async function generateRsaKey(bits = 2048): Promise<KeyObject> {
  return (await promisify(generateKeyPair)('rsa', { modulusLength: bits })).privateKey;
}

/** PEM in the traditional form of each type (`EC PRIVATE KEY`, `RSA PRIVATE KEY`), which clients of every age read; Ed25519 has only PKCS#8. */
export function privateKeyPem(key: KeyObject): string {
  const type = key.asymmetricKeyType === 'ec' ? 'sec1' : key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'pkcs8';
  return key.export({ type, format: 'pem' }) as string;
}

/** DER SubjectPublicKeyInfo of a key, private or public. */
export function publicKeyDer(key: KeyObject): Buffer {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });
}

/** What certificates hold as key identifier: SHA-1 of the public key's bits (RFC 5280, 4.2.1.2). */
export function keyIdentifier(spki: Buffer): Buffer {
  const bits = readBits(childrenOf(readElement(spki))[1]);
  return createHash('sha1').update(bits).digest();
}

interface SignatureScheme {
  readonly oid: string;
  readonly digest: string | null;
  readonly keyType: string;
}

const schemes: readonly SignatureScheme[] = [
  { oid: '1.2.840.10045.4.3.2', digest: 'sha256', keyType: 'ec' },
  { oid: '1.2.840.10045.4.3.3', digest: 'sha384', keyType: 'ec' },
  { oid: '1.2.840.10045.4.3.4', digest: 'sha512', keyType: 'ec' },
  { oid: '1.2.840.113549.1.1.11', digest: 'sha256', keyType: 'rsa' },
  { oid: '1.2.840.113549.1.1.12', digest: 'sha384', keyType: 'rsa' },
  { oid: '1.2.840.113549.1.1.13', digest: 'sha512', keyType: 'rsa' },
  { oid: '1.3.101.112', digest: null, keyType: 'ed25519' },
];

/** What X.509 signs: the body, the algorithm's name (which certificates also hold inside the body) and the signature. */
export function signedSequence(body: Buffer, key: KeyObject): Buffer {
  return sequence(body, signatureAlgorithm(key), element(derTag.bitString, Buffer.from([0]), sign(schemeOf(key).digest, body, key)));
}

export function signatureAlgorithm(key: KeyObject): Buffer {
  const scheme = schemeOf(key);
  return scheme.keyType === 'rsa' ? sequence(oid(scheme.oid), Buffer.from([0x05, 0x00])) : sequence(oid(scheme.oid));
}

function schemeOf(key: KeyObject): SignatureScheme {
  const scheme = schemes.find(({ keyType }) => keyType === key.asymmetricKeyType);
  if (!scheme) throw new TypeError(`cannot sign with a key of type ${key.asymmetricKeyType ?? key.type}`);
  return scheme;
}

/** Whether `key` made the signature of a signed sequence; false for algorithms that are unknown or not the key's. */
export function isSignedBy(signed: Buffer, key: KeyObject): boolean {
  const [body, algorithm, signature] = childrenOf(expectTag(readElement(signed), derTag.sequence));
  if (!body || !algorithm || !signature) return false;
  const id = readOid(childrenOf(algorithm)[0]);
  const scheme = schemes.find((each) => each.oid === id && each.keyType === key.asymmetricKeyType);
  return scheme !== undefined && verify(scheme.digest, body.raw, key, readBits(signature));
}

export function readPrivateKey(pem: string): KeyObject {
  return createPrivateKey(pem);
}
