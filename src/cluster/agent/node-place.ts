/** A joining node's place among the others: a range of Pod addresses of its own, and whether it serves for all. */
import type { Random } from '../../base/random.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import { subRanges } from '../../controllers/node-ipam/node-ipam.ts';
import { newNode } from '../../kubelet/node/node-status.ts';
import { nodes } from '../../resources/core/node.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export interface Place {
  /** '10.244.3.0/24' */
  readonly podCidr: string;
  /** The oldest node provides what one node provides for all. */
  readonly isFirst: boolean;
}

export interface PlaceRequest {
  readonly client: ApiClient;
  readonly nodeName: string;
  /** All Pods' range: '10.244.0.0/16' (IPv4). */
  readonly clusterCidr: string;
  readonly random: Random;
}

const nodeMaskSize = 24;
const attempts = 20;

/**
 * The range it had, else one that no node has. The Node object is made with it at once, so that who joins at the same time sees it; of
 * two who chose the same, each that notices gives its own up and chooses again by chance. Throws when no range is left.
 */
export async function takePlace(request: PlaceRequest): Promise<Place> {
  const { client, nodeName } = request;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { items } = await client.of(nodes).list();
    const own = items.find(({ metadata }) => metadata.name === nodeName);
    const podCidr = own?.spec?.podCIDR ?? chooseRange(request, items, attempt);
    const others = items.filter(({ metadata }) => metadata.name !== nodeName);
    if (own?.spec?.podCIDR !== undefined) return { podCidr, isFirst: others.every((other) => age(own) < age(other)) };
    const made = await register(request, podCidr, own);
    if (made && !(await isSharedWithAnother(request, podCidr))) return { podCidr, isFirst: others.length === 0 };
    if (made) await giveUp(request);
  }
  throw new Error(`no range of its own was found for the node ${nodeName} among those of ${request.clusterCidr}: other nodes keep choosing the same`);
}

/** The first range is that of the server's own node, which may not be registered yet: it is taken when no other is left. */
function chooseRange({ clusterCidr, random }: PlaceRequest, items: readonly corev1.Node[], attempt: number): string {
  const taken = new Set(items.map(({ spec }) => spec?.podCIDR));
  const [first, ...rest] = subRanges(clusterCidr, nodeMaskSize);
  const isFree = (range: string): boolean => !taken.has(range);
  const free = rest.some(isFree) ? rest.filter(isFree) : [first].filter((range) => range !== undefined).filter(isFree);
  const chosen = free[attempt === 0 || free.length === 0 ? 0 : random.below(free.length)];
  if (chosen === undefined) throw new Error(`the Pod range ${clusterCidr} is used up`);
  return chosen;
}

/** Whether it is this call that gave the node its range. */
async function register({ client, nodeName }: PlaceRequest, podCidr: string, existing: corev1.Node | undefined): Promise<boolean> {
  const node = newNode(nodeName, [podCidr]);
  try {
    if (existing) await client.of(nodes).patch(nodeName, 'merge', { metadata: { uid: existing.metadata.uid }, spec: node.spec });
    else await client.of(nodes).create(node);
    return true;
  } catch (error) {
    if (isAlreadyExists(error)) return false;
    throw error;
  }
}

async function isSharedWithAnother({ client, nodeName }: PlaceRequest, podCidr: string): Promise<boolean> {
  const { items } = await client.of(nodes).list();
  return items.some(({ metadata, spec }) => metadata.name !== nodeName && spec?.podCIDR === podCidr);
}

/** A range that was set does not change: the Node is made anew. */
async function giveUp({ client, nodeName }: PlaceRequest): Promise<void> {
  await client.of(nodes).delete(nodeName).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}

const age = ({ metadata }: corev1.Node): string => `${metadata.creationTimestamp ?? ''} ${metadata.name ?? ''}`;
