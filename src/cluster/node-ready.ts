/** Waiting for a Node to become Ready. */
import type { ApiClient } from '../client/client.ts';
import { nodes } from '../resources/core/node.ts';
import type { Node } from '../resources/types/core-v1.ts';

const isReady = (node: Node): boolean => node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

/** Resolves when the node is Ready; rejects with the signal's reason when that comes first. */
export async function waitForReadyNode(client: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  const fieldSelector = `metadata.name=${name}`;
  for (;;) {
    signal.throwIfAborted();
    const list = await client.of(nodes).list({ fieldSelector, signal });
    if (list.items.some(isReady)) return;
    for await (const events of client.of(nodes).watch({ fieldSelector, resourceVersion: list.metadata.resourceVersion, signal })) {
      if (events.some((event) => event.type !== 'BOOKMARK' && event.type !== 'DELETED' && isReady(event.object as Node))) return;
    }
  }
}
