/** Credentials for registries from pull secrets. Upstream: pkg/credentialprovider */
import type { Secret } from '../../resources/types/core-v1.ts';
import type { AuthConfig } from '../cri/messages.ts';
import type { Input } from '../cri/wire.ts';

interface DockerAuth {
  readonly username?: string;
  readonly password?: string;
  readonly auth?: string;
  readonly identitytoken?: string;
}

export interface RegistryCredential {
  /** Host with optional port and path, without scheme: 'registry.example:5000/team'. */
  readonly scope: string;
  readonly auth: Input<AuthConfig>;
}

/** What a Secret of the dockerconfigjson or dockercfg type holds; nothing where it holds no such thing. */
export function credentialsOf(secret: Secret): readonly RegistryCredential[] {
  const json = secret.data?.['.dockerconfigjson'];
  const old = secret.data?.['.dockercfg'];
  try {
    if (json !== undefined) return entries((JSON.parse(decode(json)) as { auths?: Record<string, DockerAuth> }).auths ?? {});
    if (old !== undefined) return entries(JSON.parse(decode(old)) as Record<string, DockerAuth>);
  } catch {
    return [];
  }
  return [];
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

function entries(auths: Readonly<Record<string, DockerAuth>>): RegistryCredential[] {
  return Object.entries(auths).map(([key, auth]) => {
    const joined = auth.auth === undefined ? '' : decode(auth.auth);
    const colon = joined.indexOf(':');
    return {
      scope: key.replace(/^https?:\/\//, '').replace(/\/v[12]\/?$/, '').replace(/\/$/, '').replace(/^index\.docker\.io/, 'docker.io'),
      auth: {
        username: auth.username ?? joined.slice(0, Math.max(0, colon)),
        password: auth.password ?? joined.slice(colon + 1),
        ...(auth.identitytoken ? { identityToken: auth.identitytoken } : {}),
      },
    };
  });
}

/** Those that apply to a full image name, the most exact first. */
export function matchingCredentials(all: readonly RegistryCredential[], image: string): readonly RegistryCredential[] {
  return all
    .filter(({ scope }) => matches(scope, image))
    .sort((a, b) => b.scope.length - a.scope.length);
}

function matches(scope: string, image: string): boolean {
  const [scopeHost = '', ...scopePath] = scope.split('/');
  const [host = '', ...rest] = image.split('/');
  const pattern = new RegExp(`^${scopeHost.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]*')}$`);
  return pattern.test(host) && rest.join('/').startsWith(scopePath.join('/'));
}
