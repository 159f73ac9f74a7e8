/**
 * Registries as users configure them (the form of k3s's registries.yaml: mirrors and configs by host), and as containerd reads
 * them: a hosts.toml for each registry.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RegistryCredential } from './registry-credentials.ts';

export interface Registries {
  /** Registry ('docker.io', '*' for all others) → where to ask instead. */
  readonly mirrors?: Readonly<Record<string, Mirror>> | undefined;
  /** Host of a registry or mirror → how to talk to it. */
  readonly configs?: Readonly<Record<string, RegistryConfig>> | undefined;
}

export interface Mirror {
  readonly endpoint?: readonly string[] | undefined;
  /** Regular expression over an image's name without registry and tag → what the mirrors call it ('$1' is its first group); the first that changes the name counts. */
  readonly rewrite?: Readonly<Record<string, string>> | undefined;
}

export interface RegistryConfig {
  readonly auth?: { readonly username?: string; readonly password?: string; readonly token?: string; readonly auth?: string } | undefined;
  readonly tls?: { readonly insecure_skip_verify?: boolean; readonly ca_file?: string; readonly cert_file?: string; readonly key_file?: string } | undefined;
}

/** A local host, and one that nobody would have a certificate for. */
const isLoopback = (registry: string): boolean => /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/.test(registry);

/** The registry behind a name that images use; on loopback without TLS, unless something is said of its TLS. */
function serverOf(registry: string, registries: Registries): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${isLoopback(registry) && registries.configs?.[registry]?.tls === undefined ? 'http' : 'https'}://${registry}`;
}

/** The URL that an endpoint stands for: HTTPS where it says nothing. */
export const endpointUrl = (endpoint: string): string => (endpoint.includes('://') ? endpoint : `https://${endpoint}`).replace(/\/$/, '');

/** Makes an endpoint's names others than the images': the URL to ask in its place. */
export type Rewritten = (registry: string, endpoint: string) => string | undefined;

/** Replaces all that the folder holds. */
export function writeRegistryConfig(folder: string, registries: Registries, rewritten: Rewritten = () => undefined): void {
  mkdirSync(folder, { recursive: true });
  const wanted = new Map<string, string>();
  const names = new Set([...Object.keys(registries.mirrors ?? {}), ...Object.keys(registries.configs ?? {}).filter((host) => !host.includes('://'))]);
  for (const name of names) wanted.set(name === '*' ? '_default' : name, hostsToml(name, registries, rewritten));
  for (const present of readdirSync(folder)) if (!wanted.has(present)) rmSync(path.join(folder, present), { recursive: true });
  for (const [name, text] of wanted) {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, 'hosts.toml'), text, { mode: 0o600 });
  }
}

/** Credentials for registries themselves; those of mirrors are in their hosts.toml. */
export function registryCredentials(registries: Registries): readonly RegistryCredential[] {
  return Object.entries(registries.configs ?? {}).flatMap(([host, { auth }]) => {
    if (!auth) return [];
    const [username = '', password = ''] = credentialsOf(auth);
    return [{ scope: host.replace(/^https?:\/\//, ''), auth: auth.token ? { registryToken: auth.token } : { username, password } }];
  });
}

/** User and password, from either form. */
export function credentialsOf(auth: NonNullable<RegistryConfig['auth']>): readonly (string | undefined)[] {
  if (auth.auth === undefined) return [auth.username, auth.password];
  const joined = Buffer.from(auth.auth, 'base64').toString('utf8');
  const colon = joined.indexOf(':');
  return [joined.slice(0, colon), joined.slice(colon + 1)];
}

/** The value of an Authorization header that shows them. */
export function authorizationOf(auth: NonNullable<RegistryConfig['auth']>): string {
  return auth.token ? `Bearer ${auth.token}` : `Basic ${Buffer.from(credentialsOf(auth).join(':')).toString('base64')}`;
}

/** What is said of a mirror's host, else of the registry that it stands for. */
export const configOf = (registry: string, url: string, registries: Registries): RegistryConfig | undefined => registries.configs?.[new URL(url).host] ?? registries.configs?.[registry];

export function hostsToml(registry: string, registries: Registries, rewritten: Rewritten = () => undefined): string {
  const endpoints = registries.mirrors?.[registry]?.endpoint ?? [];
  const own = registry === '*' ? [] : [serverOf(registry, registries)];
  const lines = own.map((server) => `server = ${JSON.stringify(server)}`);
  for (const endpoint of endpoints.length > 0 ? endpoints : own) {
    const other = rewritten(registry, endpoint);
    const url = other ?? endpointUrl(endpoint);
    lines.push('', `[host.${JSON.stringify(url)}]`, '  capabilities = ["pull", "resolve"]');
    if (other !== undefined) {
      lines.push('  override_path = true');
      continue;
    }
    const tls = configOf(registry, url, registries)?.tls;
    if (tls?.insecure_skip_verify === true) lines.push('  skip_verify = true');
    if (tls?.ca_file) lines.push(`  ca = ${JSON.stringify(tls.ca_file)}`);
    if (tls?.cert_file) lines.push(`  client = [[${JSON.stringify(tls.cert_file)}, ${JSON.stringify(tls.key_file ?? '')}]]`);
    const mirrorAuth = registries.configs?.[new URL(url).host]?.auth;
    if (mirrorAuth && endpoints.length > 0) lines.push(`  [host.${JSON.stringify(url)}.header]`, `    Authorization = ${JSON.stringify(authorizationOf(mirrorAuth))}`);
  }
  return `${lines.join('\n')}\n`;
}
