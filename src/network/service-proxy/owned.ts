/** The names of everything a service proxy makes on a machine, from its instance's name alone: what `k8ts down` takes away. */
import { createHash } from 'node:crypto';

export interface OwnedByServiceProxy {
  /** The nftables table, of family ip. */
  readonly table: string;
  /** The two ends of the link that the route of the service range leads to; removing the first removes both. */
  readonly link: string;
  readonly linkPeer: string;
  /** The comment of accept rules in others' tables. */
  readonly mark: string;
}

/** `instance` is unique on the machine, such as the data directory's path. */
export function ownedByServiceProxy(instance: string): OwnedByServiceProxy {
  const id = shortHash(instance);
  return { table: `k8ts-${id}`, link: `k8s${id}`, linkPeer: `k8p${id}`, mark: `k8ts-${id}` };
}

/** Eight hexadecimal digits. */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
