/** Subject alternative names: what a server may be reached as. */
import { isIPv4, isIPv6 } from 'node:net';
import { childrenOf, contextTag, derTag, element, readOnly, sequence } from './der.ts';

export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  /** Text form: dotted IPv4, IPv6 as `ipText` writes it. */
  readonly ipAddresses: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
}

export const noAlternativeNames: AlternativeNames = { dnsNames: [], ipAddresses: [], emailAddresses: [], uris: [] };

const emailTag = contextTag(1, false);
const dnsTag = contextTag(2, false);
const uriTag = contextTag(6, false);
const ipTag = contextTag(7, false);

/** The extension's value, or undefined when there is no name. Throws TypeError for an address that is none. */
export function encodeAlternativeNames(names: AlternativeNames): Buffer | undefined {
  const text = (tag: number) => (value: string) => element(tag, Buffer.from(value, 'latin1'));
  const parts = [
    ...names.dnsNames.map(text(dnsTag)),
    ...names.emailAddresses.map(text(emailTag)),
    ...names.ipAddresses.map((address) => element(ipTag, ipBytes(address))),
    ...names.uris.map(text(uriTag)),
  ];
  return parts.length > 0 ? sequence(...parts) : undefined;
}

export function readAlternativeNames(value: Buffer): AlternativeNames {
  const dnsNames: string[] = [];
  const ipAddresses: string[] = [];
  const emailAddresses: string[] = [];
  const uris: string[] = [];
  for (const { tag, content } of childrenOf(readOnly(value, derTag.sequence))) {
    if (tag === dnsTag) dnsNames.push(content.toString('latin1'));
    else if (tag === ipTag) ipAddresses.push(ipText(content));
    else if (tag === emailTag) emailAddresses.push(content.toString('latin1'));
    else if (tag === uriTag) uris.push(content.toString('latin1'));
  }
  return { dnsNames, ipAddresses, emailAddresses, uris };
}

/** 4 or 16 bytes. */
export function ipBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address) || address.includes('%')) throw new TypeError(`not an IP address: ${address}`);
  const [left = '', right] = address.replace(/\d+\.\d+\.\d+\.\d+$/, dottedAsGroups).split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? [] : new Array<string>(8 - head.length - tail.length).fill('0');
  const bytes = Buffer.alloc(16);
  [...head, ...zeros, ...tail].forEach((group, i) => bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2));
  return bytes;
}

function dottedAsGroups(dotted: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** IPv6 comes in its short form (RFC 5952). */
export function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return bytes.toString('hex');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
