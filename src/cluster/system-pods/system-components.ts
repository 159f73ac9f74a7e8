/** The parts of the cluster that upstream runs as Pods of kube-system, as those Pods look. */
import { createHash } from 'node:crypto';
import type { LogLine } from '../../base/log.ts';
import { inProcessAnnotation } from '../../resources/core/in-process-pod.ts';
import type { Pod } from '../../resources/types/core-v1.ts';

export interface SystemComponent {
  /** The Pod's name. */
  readonly pod: string;
  /** The container's name, as upstream's. */
  readonly container: string;
  readonly labels: Readonly<Record<string, string>>;
}

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** Stable, so that a server that starts again finds its Pods. */
function suffix(seed: string, length: number): string {
  return [...createHash('sha256').update(seed).digest().subarray(0, length)].map((byte) => suffixLetters[byte % suffixLetters.length] ?? 'b').join('');
}

export function systemComponents(nodeName: string): readonly SystemComponent[] {
  const controlPlane = (container: string): SystemComponent => ({ pod: `${container}-${nodeName}`, container, labels: { component: container, tier: 'control-plane' } });
  const hash = suffix('coredns', 10);
  return [
    controlPlane('kube-apiserver'),
    controlPlane('kube-controller-manager'),
    controlPlane('kube-scheduler'),
    { pod: `kube-proxy-${suffix(nodeName, 5)}`, container: 'kube-proxy', labels: { 'k8s-app': 'kube-proxy', 'pod-template-generation': '1' } },
    { pod: `coredns-${hash}-${suffix(nodeName, 5)}`, container: 'coredns', labels: { 'k8s-app': 'kube-dns', 'pod-template-hash': hash } },
  ];
}

/** Whose log a line belongs to; undefined for the node agent's, which has no Pod upstream either. */
export function componentOf({ fields }: LogLine): string | undefined {
  switch (fields['component']) {
    case 'kubelet':
      return undefined;
    case 'kube-proxy':
      return 'kube-proxy';
    case 'dns':
      return 'coredns';
    case 'default-scheduler':
    case 'kube-scheduler':
      return 'kube-scheduler';
    case 'load-balancer':
      return 'kube-controller-manager';
    default:
      return fields['controller'] === undefined ? 'kube-apiserver' : 'kube-controller-manager';
  }
}

export interface SystemPodFacts {
  readonly nodeName: string;
  readonly nodeUid: string;
  readonly version: string;
  readonly now: string;
}

/** The Pod as it is created: without requests, ports or token, and bound already. */
export function systemPod({ pod, container, labels }: SystemComponent, { nodeName, nodeUid, version, now }: SystemPodFacts): Pod {
  return {
    metadata: {
      name: pod,
      namespace: 'kube-system',
      labels,
      annotations: {
        [inProcessAnnotation]: 'the k8ts process',
        'kubernetes.io/config.mirror': createHash('sha256').update(`${pod} ${version}`).digest('hex').slice(0, 32),
        'kubernetes.io/config.seen': now,
        'kubernetes.io/config.source': 'file',
      },
      ...(nodeUid === '' ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid: nodeUid, controller: true }] }),
    },
    spec: {
      nodeName,
      hostNetwork: true,
      priorityClassName: 'system-node-critical',
      restartPolicy: 'Always',
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: container, image: `k8ts:${version}`, imagePullPolicy: 'Never', command: ['k8ts', 'server'] }],
    },
  };
}

/** The made-up id of the container, in the form of a runtime's. */
export const containerId = (uid: string, container: string): string => createHash('sha256').update(`${uid}/${container}`).digest('hex');
