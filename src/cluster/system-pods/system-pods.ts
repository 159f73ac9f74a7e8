/**
 * Keeps the Pods that stand for parts of this process: made when absent, made again when deleted, Running and Ready while the process
 * runs. Nobody has to do anything for them, so nothing happens but writing these objects.
 */
import { timestamp, type Clock } from '../../base/clock.ts';
import type { Closable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../apimachinery/status-error.ts';
import type { ApiClient } from '../../client/client.ts';
import type { Informers } from '../../client/informers.ts';
import { reconcileLoop } from '../../network/reconcile-loop.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import { isInProcess } from '../../resources/core/in-process-pod.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import type { ComponentLogs } from './component-logs.ts';
import { containerId, systemComponents, systemPod, type SystemComponent } from './system-components.ts';

export interface SystemPodsOptions {
  /** Acts as the node: like a node agent's mirror Pods, these are its own to make. */
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nodeName: string;
  readonly addresses: readonly string[];
  /** Of k8ts. */
  readonly version: string;
  readonly logs: ComponentLogs;
}

const namespace = 'kube-system';

/** The Node must exist. */
export function keepSystemPods(options: SystemPodsOptions): Closable {
  const { informers, clock, logger } = options;
  const components = new Map(systemComponents(options.nodeName).map((component) => [component.pod, component]));
  const startedAt = timestamp(clock.now());
  const loop = reconcileLoop({ clock, logger }, 'system-pods', (name) => {
    const component = components.get(name);
    return component ? reconcile(component, startedAt, options) : Promise.resolve();
  });
  const look = ({ metadata }: Pod): void => {
    if (metadata.namespace === namespace && components.has(metadata.name ?? '')) loop.queue.add(metadata.name ?? '');
  };
  const remove = informers.of(pods).addHandler({ added: look, updated: look, deleted: look });
  for (const name of components.keys()) loop.queue.add(name);
  loop.start();
  return {
    async close() {
      remove();
      await loop.close();
    },
  };
}

async function reconcile(component: SystemComponent, startedAt: string, options: SystemPodsOptions): Promise<void> {
  const { client, logs } = options;
  const api = client.of(pods).namespace(namespace);
  try {
    const pod = await findOrMake(component, options);
    if (!isInProcess(pod)) return; // somebody else's Pod has the name
    if (pod.metadata.deletionTimestamp !== undefined) {
      logs.detach(component.container);
      await api.delete(component.pod, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } });
      return;
    }
    const uid = pod.metadata.uid ?? '';
    const id = containerId(uid, component.container);
    if (!logs.fileOf(component.container)?.includes(uid)) logs.attach({ pod: component.pod, uid, container: component.container, containerId: id });
    const wanted = runningStatus(component, id, startedAt, options);
    if (!isLike(pod.status, wanted)) await api.patch(component.pod, 'merge', { status: wanted }, { subresource: 'status' });
  } catch (error) {
    // Changed or gone meanwhile: the informer tells, and then it is looked at again.
    if (!isNotFound(error) && !isConflict(error) && !isAlreadyExists(error)) throw error;
  }
}

/** The informer is asked, not the API: of a Pod that is not there a node is told that it is none of its own. */
async function findOrMake(component: SystemComponent, { client, informers, nodeName, version, clock }: SystemPodsOptions): Promise<Pod> {
  const known = informers.of(pods);
  await known.synced;
  const pod = known.get(`${namespace}/${component.pod}`);
  if (pod) return pod;
  const node = await client.of(nodes).get(nodeName);
  return client.of(pods).namespace(namespace).create(systemPod(component, { nodeName, nodeUid: node.metadata.uid ?? '', version, now: timestamp(clock.now()) }));
}

function runningStatus({ container }: SystemComponent, id: string, startedAt: string, { addresses, version }: SystemPodsOptions): PodStatus {
  const conditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  const [address = ''] = addresses;
  return {
    phase: 'Running',
    conditions: conditions.map((type) => ({ type, status: 'True', lastTransitionTime: startedAt })),
    hostIP: address,
    hostIPs: [{ ip: address }],
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: startedAt,
    containerStatuses: [{ name: container, image: `k8ts:${version}`, imageID: '', containerID: `k8ts://${id}`, ready: true, started: true, restartCount: 0, state: { running: { startedAt } } }],
    qosClass: 'BestEffort',
  };
}

/** Times of conditions aside, which a server that starts again does not change for a Pod that was Ready. */
function isLike(status: PodStatus | undefined, wanted: PodStatus): boolean {
  const ready = status?.conditions?.filter((condition) => condition.status === 'True').map(({ type }) => type) ?? [];
  const running = status?.containerStatuses?.[0]?.state?.running?.startedAt;
  return status?.phase === 'Running' && status.hostIP === wanted.hostIP && (wanted.conditions ?? []).every(({ type }) => ready.includes(type)) && running === wanted.startTime;
}
