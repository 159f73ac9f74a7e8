/**
 * Empties a namespace: deletes all objects of all namespaced kinds and tells what is left. Pods go first, and the rest, such as the
 * policies that guard them, once they are gone.
 * Upstream: pkg/controller/namespace/deletion/namespaced_resources_deleter.go
 */
import { messageOf } from '../../base/errors.ts';
import type { KubeObject } from '../../apimachinery/object.ts';
import { isNotFound, isStatus } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { discoverKinds, type DiscoveredKind } from '../runtime/discovery.ts';

export interface Emptied {
  /** 'pods.' or 'deployments.apps' → objects left. */
  readonly remaining: ReadonlyMap<string, number>;
  /** Finalizer → objects left that carry it. */
  readonly finalizers: ReadonlyMap<string, number>;
  readonly discoveryFailures: readonly string[];
  readonly deletionFailures: readonly string[];
  /** The longest that a remaining Pod may still take to stop, seconds. */
  readonly graceSeconds: number;
}

export async function emptyNamespace(client: ApiClient, namespace: string): Promise<Emptied> {
  const remaining = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const deletionFailures: string[] = [];
  let graceSeconds = 0;
  const { kinds, failures } = await discoverKinds(client);
  const empty = async (kind: DiscoveredKind): Promise<void> => {
    try {
      const left = await deleteAll(client, namespace, kind);
      if (left.length === 0) return;
      remaining.set(`${kind.plural}.${kind.group}`, left.length);
      for (const object of left) {
        for (const finalizer of object.metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
        graceSeconds = Math.max(graceSeconds, graceOf(kind, object));
      }
    } catch (error) {
      deletionFailures.push(messageOf(error));
    }
  };
  const wanted = kinds.filter(({ namespaced, verbs }) => namespaced && verbs.includes('list') && verbs.includes('delete'));
  const [first, others] = [wanted.filter(isPods), wanted.filter((kind) => !isPods(kind))];
  await Promise.all(first.map(empty));
  if (remaining.size + deletionFailures.length === 0) await Promise.all(others.map(empty));
  return {
    remaining,
    finalizers,
    discoveryFailures: failures.map(({ groupVersion, error }) => `${groupVersion}: ${messageOf(error)}`),
    deletionFailures,
    graceSeconds,
  };
}

const isPods = ({ group, plural }: DiscoveredKind): boolean => group === '' && plural === 'pods';

async function deleteAll(client: ApiClient, namespace: string, kind: DiscoveredKind): Promise<readonly KubeObject[]> {
  const resource = client.of(kind).namespace(namespace);
  const present = await resource.list();
  if (present.items.length === 0) return [];
  const gone = (error: unknown): void => {
    if (!isNotFound(error) && !isStatus(error, 'MethodNotAllowed')) throw error;
  };
  if (kind.verbs.includes('deletecollection')) await resource.deleteCollection({ propagationPolicy: 'Background' }).catch(gone);
  else await Promise.all(present.items.map(({ metadata }) => resource.delete(metadata.name ?? '', { propagationPolicy: 'Background' }).catch(gone)));
  return (await resource.list()).items;
}

/** Pods stop by themselves within their grace period unless a finalizer keeps them. */
function graceOf(kind: DiscoveredKind, object: KubeObject): number {
  if (!isPods(kind) || (object.metadata.finalizers ?? []).length > 0) return 0;
  const pod = object as corev1.Pod;
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return 0;
  return pod.spec?.terminationGracePeriodSeconds ?? 0;
}
