/** The forms that option values take. Each function checks one and names the flag in what it throws. */
import { isIP, isIPv4 } from 'node:net';
import { compatibilityNames } from '../cluster/compatibility.ts';
import { stageSets, type StageSet } from '../cluster/stage-sets.ts';
import { usageError } from './failure.ts';
import { addressIn } from './ip-range.ts';

export type Datastore = 'memory' | 'sqlite';

export function parsePort(flag: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw usageError(`${flag} ${text} is not a port: use a number from 0 (any free one) to 65535`);
  return port;
}

export function parseCount(flag: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw usageError(`${flag} ${text} is not a number of nodes: use 0 or more`);
  return Number(text);
}

export function parseStageSet(flag: string, text: string): StageSet {
  const set = stageSets.find((name) => name === text);
  if (set === undefined) throw usageError(`${flag} ${text} is not known: use ${stageSets.join(' or ')}; stages of your own are objects of kind Stage in the cluster`);
  return set;
}

export function parseBoolean(flag: string, text: string): boolean {
  if (text === '' || text === 'false') return false;
  if (text === 'true') return true;
  throw usageError(`${flag} is either true or false, not ${text}`);
}

export function parseAddress(flag: string, text: string): string {
  if (isIP(text) === 0) throw usageError(`${flag} ${text} is not an IP address: use one of this machine's, 127.0.0.1 or 0.0.0.0`);
  return text;
}

/** Names a context, a cluster and a user in kubeconfig files. */
export function parseName(flag: string, text: string): string {
  if (!/^[A-Za-z0-9]([A-Za-z0-9._@-]{0,61}[A-Za-z0-9])?$/.test(text)) throw usageError(`${flag} "${text}" cannot name a context: use letters, digits, "-" and ".", at most 63 in all`);
  return text;
}

export function parseNodeName(flag: string, text: string): string {
  if (text.length > 63 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(text)) {
    throw usageError(`${flag} "${text}" cannot name a node: use lower-case letters, digits, "-" and ".", at most 63 in all`);
  }
  return text;
}

/** An IPv4 range that begins at its own first address. */
export function parseCidr(flag: string, text: string): string {
  const [address = '', size = '', ...rest] = text.split('/');
  const bits = Number(size);
  if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(size) || bits < 8 || bits > 28) {
    throw usageError(`${flag} ${text} is not a usable IPv4 range: write it as 10.244.0.0/16, with 8 to 28 bits`);
  }
  const start = addressIn(text, 0);
  if (start !== address) throw usageError(`${flag} ${text} does not begin its range: did you mean ${start}/${size}?`);
  return text;
}

export function parseDatastore(flag: string, text: string): Datastore {
  if (text === 'memory' || text === 'sqlite') return text;
  if (/^https?:\/\//.test(text)) throw usageError(`${flag} ${text}: storing in etcd is not built yet, use sqlite or memory`);
  throw usageError(`${flag} ${text} is not known: use sqlite or memory`);
}

export function parseCompat(flag: string, text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim()).filter((name) => name !== '');
  for (const name of names) {
    if (!compatibilityNames.includes(name)) throw usageError(`${flag} ${name} is not known: the settings are ${compatibilityNames.join(', ')}`);
  }
  return names;
}

/** '30s', '5m', '1m30s' or '1h', in seconds. */
export function parseSeconds(flag: string, text: string): number {
  const parts = /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?$/.exec(text === '0' ? '0s' : text);
  if (!parts || text === '') throw usageError(`${flag} ${text} is not a time: write it as 30s, 5m or 1m30s`);
  const [hours, minutes, seconds] = parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return ((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}
