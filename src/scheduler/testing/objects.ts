/** Short ways to write the objects that scheduler tests are made of. */
import type { ApiClient } from '../../client/client.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export interface NodeSketch {
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: corev1.NodeSpec;
  readonly capacity?: Readonly<Record<string, string>>;
}

/** A node of 4 CPUs, 8 GiB and 110 Pods, unless said otherwise. */
export function node(name: string, { labels = {}, spec = {}, capacity = {} }: NodeSketch = {}): corev1.Node {
  const amounts = { cpu: '4', memory: '8Gi', pods: '110', ...capacity };
  return { metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, spec, status: { capacity: amounts, allocatable: amounts, conditions: [{ type: 'Ready', status: 'True' }] } };
}

export interface PodSketch extends Partial<corev1.PodSpec> {
  readonly labels?: Readonly<Record<string, string>>;
  readonly requests?: Readonly<Record<string, string>>;
  readonly ports?: readonly corev1.ContainerPort[];
}

/** A Pod of one container in namespace default; its uid, where no API server gives one, is its name. */
export function pod(name: string, { labels = {}, requests, ports, ...spec }: PodSketch = {}): corev1.Pod {
  const container = { name: 'main', image: 'app', ...(requests && { resources: { requests } }), ...(ports && { ports }) };
  return { metadata: { name, namespace: 'default', uid: name, labels }, spec: { containers: [container], ...spec } };
}

export async function createNode(client: ApiClient, sketch: corev1.Node): Promise<void> {
  await client.of(nodes).create(sketch);
}

export async function createPod(client: ApiClient, { metadata: { uid: _, ...metadata }, ...rest }: corev1.Pod): Promise<void> {
  await client.of(pods).namespace('default').create({ ...rest, metadata });
}

export const getPod = (client: ApiClient, name: string): Promise<corev1.Pod> => client.of(pods).namespace('default').get(name);
