/** The cluster as the node agent needs it, over the API client. */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { isConflict, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { EventRecorder as ApiEvents } from '../../client/event-recorder.ts';
import { Informers } from '../../client/informers.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { nodes } from '../../resources/core/node.ts';
import { persistentVolumeClaims } from '../../resources/core/persistent-volume-claim.ts';
import { persistentVolumes } from '../../resources/core/persistent-volume.ts';
import { pods } from '../../resources/core/pod.ts';
import { secrets } from '../../resources/core/secret.ts';
import { serviceAccounts } from '../../resources/core/service-account.ts';
import { services } from '../../resources/core/service.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import { EventQueue } from '../cri/event-queue.ts';
import type { EventRecorder, NodeObjects, PodChange, PodSource, PodStatusSink } from '../pod-source.ts';

export interface ApiClusterOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nodeName: string;
  /** Component `kubelet`, host this node. */
  readonly events: ApiEvents;
}

export interface ApiCluster {
  readonly source: PodSource;
  readonly sink: PodStatusSink;
  readonly objects: NodeObjects;
  readonly events: EventRecorder;
  close(): Promise<void>;
}

/** Resolves once services, this node and its Pods are known. */
export async function connectCluster(options: ApiClusterOptions): Promise<ApiCluster> {
  const { client, clock, logger, nodeName } = options;
  const informers = new Informers({ client, clock, logger });
  const podInformer = informers.of(pods, { fieldSelector: `spec.nodeName=${nodeName}` });
  const serviceInformer = informers.of(services).addIndex('namespace', (service) => [service.metadata.namespace ?? '']);
  const nodeInformer = informers.of(nodes, { fieldSelector: `metadata.name=${nodeName}` });
  await informers.start();
  return {
    source: { watch: ({ signal }) => watchPods(podInformer, signal) },
    sink: statusSink(client),
    objects: {
      ...getters(client),
      services: (namespace) => {
        const api = serviceInformer.get('default/kubernetes');
        const own = serviceInformer.byIndex('namespace', namespace);
        return api && namespace !== 'default' ? [...own, api] : own;
      },
      node: () => nodeInformer.get(nodeName),
    },
    events: {
      event: (pod, type, reason, message, fieldPath) =>
        options.events.event({ ...pod, apiVersion: 'v1', kind: 'Pod' }, type, reason, message, fieldPath === undefined ? {} : { fieldPath }),
    },
    close: () => informers.close(),
  };
}

type PodInformer = { addHandler(handler: { added(pod: Pod): void; updated(pod: Pod): void; deleted(pod: Pod): void }): () => void };

async function* watchPods(informer: PodInformer, signal: AbortSignal): AsyncIterable<PodChange> {
  const queue = new EventQueue<PodChange>();
  const uids = new Map<string, string>();
  const set = (pod: Pod): void => {
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    const uid = pod.metadata.uid ?? '';
    const before = uids.get(name);
    // A Pod deleted and made again between two looks arrives as one change.
    if (before !== undefined && before !== uid) queue.push({ type: 'gone', uid: before });
    uids.set(name, uid);
    queue.push({ type: 'set', pod });
  };
  const remove = informer.addHandler({
    added: set,
    updated: set,
    deleted: (pod) => {
      uids.delete(`${pod.metadata.namespace}/${pod.metadata.name}`);
      queue.push({ type: 'gone', uid: pod.metadata.uid ?? '' });
    },
  });
  queue.push({ type: 'synced' });
  signal.addEventListener('abort', () => queue.end(), { once: true });
  try {
    yield* queue;
  } finally {
    remove();
  }
}

/** Every field of a status that this node writes: what a new status lacks is taken away. */
const statusFields = ['reason', 'message', 'podIP', 'podIPs', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

function statusSink(client: ApiClient): PodStatusSink {
  const of = (pod: Pod) => client.of(pods).namespace(pod.metadata.namespace);
  const gone = (error: unknown): void => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  };
  return {
    async updateStatus(pod, status: PodStatus) {
      const cleared = Object.fromEntries(statusFields.filter((field) => status[field] === undefined).map((field) => [field, null]));
      await of(pod).patch(pod.metadata.name ?? '', 'merge', { metadata: { uid: pod.metadata.uid }, status: { ...cleared, ...status } }, { subresource: 'status' }).catch(gone);
    },
    async finishDeletion(pod) {
      await of(pod).delete(pod.metadata.name ?? '', { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }).catch(gone);
    },
    createMirror: (pod) => of(pod).create(pod),
    async deleteMirror(pod) {
      await of(pod).delete(pod.metadata.name ?? '', { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }).catch(gone);
    },
  };
}

async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

interface TokenStatus {
  readonly token: string;
  readonly expirationTimestamp: string;
}

function getters(client: ApiClient): Omit<NodeObjects, 'services' | 'node'> {
  return {
    configMap: (namespace, name) => orNothing(client.of(configMaps).namespace(namespace).get(name)),
    secret: (namespace, name) => orNothing(client.of(secrets).namespace(namespace).get(name)),
    persistentVolumeClaim: (namespace, name) => orNothing(client.of(persistentVolumeClaims).namespace(namespace).get(name)),
    persistentVolume: (name) => orNothing(client.of(persistentVolumes).get(name)),
    async token({ namespace, serviceAccount, audiences, expirationSeconds, pod }) {
      const answer = await client.of(serviceAccounts).namespace(namespace).post(serviceAccount, 'token', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { audiences, expirationSeconds, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod.name, uid: pod.uid } },
      });
      const status = answer['status'] as TokenStatus;
      return { token: status.token, expires: Date.parse(status.expirationTimestamp) };
    },
  };
}
