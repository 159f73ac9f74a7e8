/** kubeconfig files: made for one user of one cluster, and merged into a file that holds others. */
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { codeOf, messageOf } from '../base/errors.ts';
import type { KeyPair } from '../pki/certificate-authority.ts';

interface Named {
  readonly name: string;
}
export interface Kubeconfig {
  readonly apiVersion: 'v1';
  readonly kind: 'Config';
  readonly clusters: readonly Named[];
  readonly users: readonly Named[];
  readonly contexts: readonly Named[];
  readonly 'current-context': string;
}

export interface KubeconfigOptions {
  /** Names the cluster, the user and the context. */
  readonly name: string;
  readonly server: string;
  readonly authorityPem: string;
  readonly client: KeyPair;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export function createKubeconfig({ name, server, authorityPem, client }: KubeconfigOptions): Kubeconfig {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authorityPem) } } as Named],
    users: [{ name, user: { 'client-certificate-data': base64(client.certPem), 'client-key-data': base64(client.keyPem) } } as Named],
    contexts: [{ name, context: { cluster: name, user: name } } as Named],
    'current-context': name,
  };
}

export const formatKubeconfig = (config: Kubeconfig): string => stringify(config, { lineWidth: 0 });

export class KubeconfigError extends Error {}

/** Puts `config`'s entries into the file, in place of those of the same name, and makes its context the current one. Throws KubeconfigError. */
export function mergeKubeconfig(file: string, config: Kubeconfig, owner?: { readonly uid: number; readonly gid: number }): void {
  const directory = path.dirname(file);
  if (!existsSync(directory)) {
    mkdirSync(directory, { recursive: true, mode: 0o750 });
    if (owner) chownSync(directory, owner.uid, owner.gid);
  }
  locked(file, () => {
    const merged = mergeInto(readKubeconfig(file), config);
    writeWhole(file, merged, owner ?? (existsSync(file) ? statSync(file) : undefined));
  });
}

const lockAttempts = 40;
const lockPauseMs = 50;

/** Two who write at a time would lose one's entry. The lock is kubectl's own, FILE.lock; one that stays for two seconds was left behind. */
function locked<T>(file: string, work: () => T): T {
  const lock = `${file}.lock`;
  for (let attempt = 0; attempt < lockAttempts && !isMade(lock); attempt++) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockPauseMs);
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function isMade(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes the entries of `name` out of the file; other contexts stay. A file that cannot be parsed is left alone. */
export function removeFromKubeconfig(file: string, name: string, server?: string): boolean {
  return existsSync(file) && locked(file, () => removeEntries(file, name, server));
}

function removeEntries(file: string, name: string, server: string | undefined): boolean {
  const existing = readKubeconfig(file);
  const cluster = (existing['clusters'] as (Named & { cluster?: { server?: string } })[] | undefined)?.find((entry) => entry.name === name);
  if (!cluster || (server !== undefined && cluster.cluster?.server !== server)) return false;
  const next: Record<string, unknown> = { ...existing };
  for (const list of ['clusters', 'users', 'contexts'] as const) next[list] = ((existing[list] as Named[] | undefined) ?? []).filter((entry) => entry.name !== name);
  if (existing['current-context'] === name) next['current-context'] = ((next['contexts'] as Named[])[0]?.name ?? '');
  writeWhole(file, next, statSync(file));
  return true;
}

/** A kubeconfig file's content; empty when there is no such file. Throws KubeconfigError when it cannot be parsed. */
export function readKubeconfig(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    const parsed = parse(readFileSync(file, 'utf8')) as unknown;
    if (parsed === null || parsed === undefined) return {};
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
    throw new KubeconfigError('it is not a mapping');
  } catch (error) {
    throw new KubeconfigError(`${file} cannot be read as a kubeconfig and was left as it is: ${messageOf(error)}. Mend or move it, or name another file with --kubeconfig.`);
  }
}

function mergeInto(existing: Record<string, unknown>, config: Kubeconfig): Record<string, unknown> {
  const next: Record<string, unknown> = { apiVersion: 'v1', kind: 'Config', preferences: {}, ...existing };
  for (const list of ['clusters', 'users', 'contexts'] as const) {
    const mine = new Set(config[list].map((entry) => entry.name));
    const others = ((existing[list] as Named[] | null | undefined) ?? []).filter((entry) => !mine.has(entry.name));
    next[list] = [...others, ...config[list]];
  }
  next['current-context'] = config['current-context'];
  return next;
}

function writeWhole(file: string, content: object, owner: { readonly uid: number; readonly gid: number } | undefined): void {
  const temporary = `${file}.k8ts-${process.pid}`;
  writeFileSync(temporary, stringify(content, { lineWidth: 0 }), { mode: 0o600 });
  if (owner && process.getuid?.() === 0) chownSync(temporary, owner.uid, owner.gid);
  renameSync(temporary, file);
}
