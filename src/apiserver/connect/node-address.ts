/** Where a Pod's node answers, and how the API server proves itself there. */
import type { AnyObject } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type { ResourceRegistry } from '../../resources/definition.ts';
import type { Node, Pod } from '../../resources/types/core-v1.ts';
import type { ObjectStore } from '../registry/object-store.ts';

export interface NodeTls {
  readonly ca: string;
  /** The API server's client certificate towards nodes. */
  readonly cert: string;
  readonly key: string;
}

export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

export interface ConnectDependencies {
  readonly registry: ResourceRegistry;
  readonly objects: ObjectStore;
  readonly tls: NodeTls;
}

const usualPort = 10250;
const addressTypes = ['InternalIP', 'ExternalIP', 'Hostname'];

export function findObject({ registry, objects }: ConnectDependencies, plural: string, namespace: string, name: string): AnyObject {
  const found = registry.byResource('', 'v1', plural);
  if (!found) throw status.pathNotFound();
  return objects.get(found.definition, namespace, name).object;
}

export function addressOfNode(dependencies: ConnectDependencies, name: string): NodeAddress {
  const node = findObject(dependencies, 'nodes', '', name) as unknown as Node;
  const addresses = node.status?.addresses ?? [];
  const host = addressTypes.map((type) => addresses.find((address) => address.type === type)?.address).find((address) => address !== undefined);
  if (host === undefined) throw status.internalError(`no preferred addresses found; known addresses: ${JSON.stringify(addresses)}`);
  return { host, port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? usualPort };
}

export interface PodTarget {
  readonly pod: Pod;
  readonly container: string;
  readonly node: NodeAddress;
}

/** The container a request means: the one it names, the default one, or the only one. Throws 400 with the choice. */
export function podTarget(dependencies: ConnectDependencies, namespace: string, name: string, wanted: string): PodTarget {
  const pod = findObject(dependencies, 'pods', namespace, name) as unknown as Pod;
  const { nodeName = '' } = pod.spec ?? {};
  const container = containerOf(pod, wanted);
  if (nodeName === '') throw status.badRequest(`pod ${name} does not have a host assigned`);
  return { pod, container, node: addressOfNode(dependencies, nodeName) };
}

const defaultContainerAnnotation = 'kubectl.kubernetes.io/default-container';

export function containerOf(pod: Pod, wanted: string): string {
  const { name = '', annotations } = pod.metadata;
  const plain = (pod.spec?.containers ?? []).map((container) => container.name);
  const init = (pod.spec?.initContainers ?? []).map((container) => container.name);
  const all = [...plain, ...init, ...(pod.spec?.ephemeralContainers ?? []).map((container) => container.name)];
  if (wanted !== '') {
    if (all.includes(wanted)) return wanted;
    throw status.badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const marked = annotations?.[defaultContainerAnnotation];
  if (marked !== undefined && all.includes(marked)) return marked;
  if (plain.length === 1 && plain[0] !== undefined) return plain[0];
  const choice = init.length > 0 ? `choose one of: [${plain.join(' ')}] or one of the init containers: [${init.join(' ')}]` : `choose one of: [${plain.join(' ')}]`;
  throw status.badRequest(`a container name must be specified for pod ${name}, ${choice}`);
}
