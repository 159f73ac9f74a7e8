/** The Node objects of a simulation. */
import type * as corev1 from '../resources/types/core-v1.ts';

/** Nodes with this annotation are simulated, whoever made them. */
export const fakeAnnotation = 'kwok.x-k8s.io/node';

export const isSimulated = (node: corev1.Node): boolean => node.metadata.annotations?.[fakeAnnotation] === 'fake';

/** 'node-0001' */
export const simulatedNodeName = (number: number): string => `node-${String(number).padStart(4, '0')}`;

export function simulatedNode(name: string): corev1.Node {
  return {
    metadata: {
      name,
      annotations: { [fakeAnnotation]: 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        type: 'kwok',
      },
    },
  };
}
