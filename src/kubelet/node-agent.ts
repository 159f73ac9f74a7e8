/** The node agent over the API: registers the node, runs its Pods, keeps saying that it lives. */
import { CloseStack } from '../base/lifecycle.ts';
import type { ApiClient } from '../client/client.ts';
import { ApiEventRecorder } from '../client/event-recorder.ts';
import { connectCluster } from './api/api-cluster.ts';
import type { Taint } from '../resources/types/core-v1.ts';
import { startKubelet, type Kubelet, type KubeletOptions } from './kubelet.ts';
import { NodeHeartbeat } from './node/node-heartbeat.ts';

export interface NodeAgentOptions extends Omit<KubeletOptions, 'source' | 'sink' | 'objects' | 'events'> {
  /** Acts as system:node:<name>, or as one who may do as much. */
  readonly client: ApiClient;
  /** What the Node gets where it lacks them when the agent starts. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What a Node that is made gets. */
  readonly taints?: readonly Taint[] | undefined;
}

/** Resolves once the Node is registered and its Pods are worked on. `close` leaves containers running. */
export async function startNodeAgent(options: NodeAgentOptions): Promise<Kubelet> {
  const { client, clock, log, nodeName } = options;
  const closing = new CloseStack();
  try {
    const recorder = new ApiEventRecorder({ client, clock, logger: log, component: 'kubelet', host: nodeName });
    const cluster = closing.add(await connectCluster({ client, clock, logger: log, nodeName, events: recorder }), (it) => it.close());
    const kubelet = closing.add(await startKubelet({ ...options, source: cluster.source, sink: cluster.sink, objects: cluster.objects, events: cluster.events }), (it) => it.close());
    const heartbeat = new NodeHeartbeat({ client, clock, log, nodeName, podCidrs: options.podCidrs, labels: options.labels ?? {}, taints: options.taints ?? [], status: (old) => kubelet.status(old) });
    closing.add(heartbeat, (it) => it.close());
    await heartbeat.start();
    const shutDown = (): Promise<void> => heartbeat.whileReporting(() => kubelet.shutDown());
    const close = async (): Promise<void> => {
      await shutDown();
      await closing.close();
    };
    return { ...kubelet, shutDown, close };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
