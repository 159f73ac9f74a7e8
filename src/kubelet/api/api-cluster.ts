/** The cluster as the node agent needs it, over the API client: the parts beside this file, put together. */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { ApiClient } from '../../client/client.ts';
import type { EventRecorder as ApiEvents } from '../../client/event-recorder.ts';
import { Informers } from '../../client/informers.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import { services } from '../../resources/core/service.ts';
import type { EventRecorder, NodeObjects, PodSource, PodStatusSink } from '../pod-source.ts';
import { ApiNodeObjects } from './api-node-objects.ts';
import { ApiPodSource } from './api-pod-source.ts';
import { ApiStatusSink } from './api-status-sink.ts';
import { ReferenceWatch } from './reference-watch.ts';

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
  const nodeInformer = informers.of(nodes, { fieldSelector: `metadata.name=${nodeName}` });
  const references = new ReferenceWatch({ client, clock, logger });
  const objects = new ApiNodeObjects({ references, client, nodeName, nodes: nodeInformer, services: informers.of(services) });
  await informers.start();
  return {
    source: new ApiPodSource(podInformer),
    sink: new ApiStatusSink(client),
    objects,
    events: {
      event: (pod, type, reason, message, fieldPath) =>
        options.events.event({ ...pod, apiVersion: 'v1', kind: 'Pod' }, type, reason, message, fieldPath === undefined ? {} : { fieldPath }),
      // By custom a node's name stands for its UID in events that it writes itself.
      nodeEvent: (type, reason, message) => options.events.event({ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeName }, type, reason, message),
    },
    close: async () => {
      await references.close();
      await informers.close();
    },
  };
}
