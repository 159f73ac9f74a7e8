/**
 * Registries as users configure them (the form of k3s's registries.yaml: mirrors and configs by host), and as containerd reads
 * them: a hosts.toml for each registry.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RegistryCredential } from './registry-credentials.ts';

export interface Registries {
  /** Registry ('docker.io', '*' for all others) → where to ask instead. */
  readonly mirrors?: Readonly<Record<string, { readonly endpoint?: readonly string[] }>> | undefined;
  /** Host of a registry or mirror → how to talk to it. */
  readonly configs?: Readonly<Record<string, RegistryConfig>> | undefined;
}

export interface RegistryConfig {
  readonly auth?: { readonly username?: string; readonly password?: string; readonly token?: string; readonly auth?: string } | undefined;
  readonly tls?: { readonly insecure_skip_verify?: boolean; readonly ca_file?: string; readonly cert_file?: string; readonly key_file?: string } | undefined;
}

/** The registry behind a name that images use. */
const serverOf = (registry: string): string => (registry === 'docker.io' ? 'https://registry-1.docker.io' : `https://${registry}`);

/** Replaces all that the folder holds. */
export function writeRegistryConfig(folder: string, registries: Registries): void {
  mkdirSync(folder, { recursive: true });
  const wanted = new Map<string, string>();
  const names = new Set([...Object.keys(registries.mirrors ?? {}), ...Object.keys(registries.configs ?? {}).filter((host) => !host.includes('://'))]);
  for (const name of names) wanted.set(name === '*' ? '_default' : name, hostsToml(name, registries));
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

function credentialsOf(auth: NonNullable<RegistryConfig['auth']>): readonly (string | undefined)[] {
  if (auth.auth === undefined) return [auth.username, auth.password];
  const joined = Buffer.from(auth.auth, 'base64').toString('utf8');
  const colon = joined.indexOf(':');
  return [joined.slice(0, colon), joined.slice(colon + 1)];
}

export function hostsToml(registry: string, registries: Registries): string {
  const endpoints = registries.mirrors?.[registry]?.endpoint ?? [];
  const lines = registry === '*' ? [] : [`server = ${JSON.stringify(serverOf(registry))}`];
  const hosts = endpoints.length > 0 ? endpoints : registry === '*' ? [] : [serverOf(registry)];
  for (const endpoint of hosts) {
    const url = endpoint.includes('://') ? endpoint : `https://${endpoint}`;
    const host = new URL(url).host;
    const config = registries.configs?.[host] ?? registries.configs?.[registry];
    lines.push('', `[host.${JSON.stringify(url)}]`, '  capabilities = ["pull", "resolve"]');
    if (config?.tls?.insecure_skip_verify === true) lines.push('  skip_verify = true');
    if (config?.tls?.ca_file) lines.push(`  ca = ${JSON.stringify(config.tls.ca_file)}`);
    if (config?.tls?.cert_file) lines.push(`  client = [[${JSON.stringify(config.tls.cert_file)}, ${JSON.stringify(config.tls.key_file ?? '')}]]`);
    const mirrorAuth = registries.configs?.[host]?.auth;
    if (mirrorAuth && endpoints.length > 0) {
      const header = mirrorAuth.token ? `Bearer ${mirrorAuth.token}` : `Basic ${Buffer.from(credentialsOf(mirrorAuth).join(':')).toString('base64')}`;
      lines.push(`  [host.${JSON.stringify(url)}.header]`, `    Authorization = ${JSON.stringify(header)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
