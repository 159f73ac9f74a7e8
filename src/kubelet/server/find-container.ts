/** Pods and containers as paths of the node's server name them. */
import type { ContainerStatus, Pod } from '../../resources/types/core-v1.ts';
import type { PodWorkers } from '../pods/pod-workers.ts';
import { HttpFailure } from './http-failure.ts';

/** [namespace, pod, uid?]. Throws HttpFailure 404. */
export function findPod(workers: PodWorkers, segments: readonly (string | undefined)[]): Pod {
  const [namespace = '', name = '', uid] = segments;
  const pod = workers.podByName(namespace, name);
  if (!pod || (uid !== undefined && pod.metadata.uid !== uid)) throw new HttpFailure(404, `pod does not exist`);
  return pod;
}

export function containerStatusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses].find(({ name }) => name === container);
}

/** 'containerd://<id>' → '<id>' */
export const bareId = (containerID: string | undefined): string | undefined => containerID?.slice(containerID.indexOf('://') + 3);

/** The id of a container that runs. Throws HttpFailure where there is none. */
export function runningContainer(pod: Pod, container: string): string {
  const status = containerStatusOf(pod, container);
  const id = bareId(status?.containerID);
  if (!status || id === undefined || status.state?.running === undefined) throw new HttpFailure(500, `container not found ("${container}")`);
  return id;
}
