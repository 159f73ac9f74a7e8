/** `k8ts kubeconfig`: access to the instance, for its administrator or for a user of one's own choosing. */
import { existsSync, readFileSync } from 'node:fs';
import { createKubeconfig, formatKubeconfig } from '../../cluster/kubeconfig.ts';
import { issueClient, openPki } from '../../cluster/pki-state.ts';
import { namedFolder } from '../data-folder.ts';
import { Failure, usageError } from '../failure.ts';
import { readServerState } from '../server-state.ts';

export interface KubeconfigOptions {
  readonly dataDir: string | undefined;
  readonly user: string | undefined;
  readonly groups: readonly string[];
}

/** Writes to stdout. A named user gets a certificate of their own, which holds for a year. */
export async function kubeconfig({ dataDir, user, groups }: KubeconfigOptions): Promise<number> {
  if (user === undefined && groups.length > 0) throw usageError('--group needs --user: whose groups are these?');
  const directory = namedFolder(dataDir);
  if (!existsSync(directory.adminKubeconfig)) throw new Failure(`there is no cluster in ${directory.root}: start one with k8ts up`);
  if (user === undefined) {
    process.stdout.write(readFileSync(directory.adminKubeconfig, 'utf8'));
    return 0;
  }
  const state = readServerState(directory);
  const server = state?.server;
  if (state === undefined || server === undefined || server === '') throw new Failure(`the cluster in ${directory.root} is not running: start it with k8ts up`);
  const pki = openPki(directory.pki);
  const config = createKubeconfig({ name: `${state.context}-${user}`, server, authorityPem: pki.authority.certPem, client: issueClient(pki, user, groups) });
  process.stdout.write(formatKubeconfig(config));
  return 0;
}
