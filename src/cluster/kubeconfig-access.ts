/** What a kubeconfig's current context says: where the API server is, and as whom to speak to it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Credentials } from '../client/https-transport.ts';
import { KubeconfigError, readKubeconfig } from './kubeconfig.ts';

export interface ClusterAccess {
  readonly server: string;
  readonly ca: string | undefined;
  readonly credentials: Credentials;
}

type Entry = { readonly name: string } & Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, string | undefined>>;

/** Data in the file and files beside it, certificates and tokens; programs that fetch credentials are not run. Throws KubeconfigError. */
export function readAccess(file: string): ClusterAccess {
  if (!existsSync(file)) throw new KubeconfigError(`there is no file ${file}`);
  const config = readKubeconfig(file);
  const entry = (list: string, name: string | undefined, field: string): Fields => {
    const found = ((config[list] as readonly Entry[] | undefined) ?? []).find((candidate) => candidate.name === name);
    if (!found) throw new KubeconfigError(`${file} has no ${field} "${name ?? ''}"`);
    return (found[field] ?? {}) as Fields;
  };
  if (!config['current-context']) throw new KubeconfigError(`${file} has no current context`);
  const context = entry('contexts', config['current-context'] as string | undefined, 'context');
  const cluster = entry('clusters', context['cluster'], 'cluster');
  const user = entry('users', context['user'], 'user');
  const server = cluster['server'];
  if (server === undefined) throw new KubeconfigError(`${file} does not say where the server is`);
  const pem = (fields: Fields, name: string): string | undefined => {
    const data = fields[`${name}-data`];
    if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
    const beside = fields[name];
    return beside === undefined ? undefined : readFileSync(path.resolve(path.dirname(file), beside), 'utf8');
  };
  const { token, tokenFile } = user;
  const readToken = tokenFile === undefined ? undefined : (): string => readFileSync(path.resolve(path.dirname(file), tokenFile), 'utf8').trim();
  return {
    server,
    ca: pem(cluster, 'certificate-authority'),
    credentials: { cert: pem(user, 'client-certificate'), key: pem(user, 'client-key'), token: token === undefined ? readToken : () => token },
  };
}
