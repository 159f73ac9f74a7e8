/**
 * The role labels of the node that runs the control plane. A node agent may not give itself such labels, so the cluster does, also
 * when the Node was deleted and registers again.
 */
import type { Closable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import type { ApiClient } from '../client/client.ts';
import type { Informers } from '../client/informers.ts';
import { nodes } from '../resources/core/node.ts';
import type { Node } from '../resources/types/core-v1.ts';

export interface NodeRolesOptions {
  /** Acts as somebody who may change Nodes and is not a node. */
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly logger: Logger;
  readonly nodeName: string;
  /** 'control-plane' makes the label node-role.kubernetes.io/control-plane. */
  readonly roles: readonly string[];
}

/** A label that a user takes away stays away until the Node is made again or the server starts. */
export function keepNodeRoles({ client, informers, logger, nodeName, roles }: NodeRolesOptions): Closable {
  const labels = Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, '']));
  const give = (node: Node): void => {
    if (node.metadata.name !== nodeName || Object.keys(labels).every((label) => node.metadata.labels?.[label] !== undefined)) return;
    client.of(nodes).patch(nodeName, 'merge', { metadata: { labels } }).catch((error: unknown) => {
      if (!isNotFound(error)) logger.warn('the node could not be given its roles', { error: messageOf(error) });
    });
  };
  const remove = informers.of(nodes).addHandler({ added: give, updated: () => undefined, deleted: () => undefined });
  return { close: async () => remove() };
}
