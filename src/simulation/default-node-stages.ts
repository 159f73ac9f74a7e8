/** How a simulated node becomes ready. Heartbeats are leases (node-leases.ts), so that a large cluster at rest writes little. */
import type * as corev1 from '../resources/types/core-v1.ts';
import { nodeConditions } from './node-conditions.ts';
import type { Stage, TemplateFacts } from './stage.ts';

const capacity = { cpu: '32', memory: '256Gi', 'ephemeral-storage': '1Ti', pods: '110' };

function readyStatus(object: unknown, { now, nodeIP }: TemplateFacts): corev1.NodeStatus {
  const { metadata, status } = object as corev1.Node;
  return {
    conditions: nodeConditions.map((condition) => ({ ...condition, lastHeartbeatTime: now, lastTransitionTime: now })),
    addresses: [
      { type: 'InternalIP', address: nodeIP(metadata.name) },
      { type: 'Hostname', address: metadata.name ?? '' },
    ],
    capacity: status?.capacity ?? capacity,
    allocatable: status?.allocatable ?? status?.capacity ?? capacity,
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: 'simulated://1.0.0',
      kernelVersion: 'simulated',
      kubeProxyVersion: 'v1.36.0',
      kubeletVersion: 'v1.36.0',
      machineID: '',
      operatingSystem: 'linux',
      osImage: 'simulated',
      systemUUID: '',
    },
    phase: 'Running',
  };
}

export const defaultNodeStages: readonly Stage[] = [
  {
    metadata: { name: 'node-initialize' },
    spec: {
      resourceRef: { kind: 'Node' },
      selector: { matchExpressions: [{ key: '.status.conditions.[] | select( .type == "Ready" ) | .status', operator: 'NotIn', values: ['True'] }] },
      next: { status: readyStatus },
    },
  },
];
