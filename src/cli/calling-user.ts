/** Whose kubeconfig it is: under sudo that of the user who called, not root's. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export interface CallingUser {
  readonly home: string;
  /** Set where files made for this user must be handed over to them. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

export function callingUser(env: NodeJS.ProcessEnv = process.env, uid: number | undefined = process.getuid?.()): CallingUser {
  const sudoUid = Number(env['SUDO_UID'] ?? 0);
  if (uid === 0 && sudoUid > 0) {
    const entry = passwdEntry(sudoUid);
    if (entry) return { home: entry.home, owner: { uid: sudoUid, gid: Number(env['SUDO_GID'] ?? entry.gid) } };
  }
  return { home: env['HOME'] ?? homedir(), owner: undefined };
}

/** The file that kubectl would write to. Upstream: k8s.io/client-go/tools/clientcmd/config.go */
export function defaultKubeconfig(user: CallingUser, env: NodeJS.ProcessEnv = process.env): string {
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  return listed.find((file) => existsSync(file)) ?? listed.at(-1) ?? path.join(user.home, '.kube', 'config');
}

/** The owner to give the file: the caller for their own or a new file, else whoever has it now. */
export function ownerFor(file: string, user: CallingUser): CallingUser['owner'] {
  const inside = !path.relative(user.home, path.resolve(file)).startsWith('..');
  return inside || !existsSync(file) ? user.owner : undefined;
}

function passwdEntry(uid: number): { readonly home: string; readonly gid: number } | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [, , id, gid, , home] = line.split(':');
    if (Number(id) === uid && id !== '' && home !== undefined) return { home, gid: Number(gid) };
  }
  return undefined;
}
