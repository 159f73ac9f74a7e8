/** For tests: plays the part of nodes, which no controller test runs. */
import { timestamp, type Clock } from '../../base/clock.ts';
import type { ApiClient } from '../../client/client.ts';
import { nodes } from '../../resources/core/node.ts';
import { isActive, isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import { serviceAccounts } from '../../resources/core/service-account.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export const podSpec: corev1.PodSpec = { containers: [{ name: 'main', image: 'example/app:1' }] };

export const templateFor = (labels: Readonly<Record<string, string>>, image = 'example/app:1'): corev1.PodTemplateSpec => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image }] },
});

/** What Pods need to be admitted where the service account controller does not run. */
export async function prepareNamespace(client: ApiClient, namespace = 'default'): Promise<void> {
  await client.of(serviceAccounts).namespace(namespace).create({ metadata: { name: 'default', namespace } });
}

export function readyStatus(now: number, podIP?: string): corev1.PodStatus {
  const at = timestamp(now);
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True', lastTransitionTime: at }));
  return { phase: 'Running', startTime: at, conditions, ...(podIP === undefined ? {} : { podIP, podIPs: [{ ip: podIP }] }) };
}

/** Makes every active Pod of a namespace Running and Ready; returns how many were not. */
export async function runPods(client: ApiClient, clock: Clock, namespace = 'default'): Promise<number> {
  const list = await client.of(pods).namespace(namespace).list();
  const waiting = list.items.filter((pod) => isActive(pod) && pod.status?.phase !== 'Running');
  await Promise.all(waiting.map((pod) => setPodStatus(client, pod, readyStatus(clock.now()))));
  return waiting.length;
}

/** Ends Pods that are being deleted, as their node would. */
export async function reapPods(client: ApiClient, namespace = 'default'): Promise<void> {
  const list = await client.of(pods).namespace(namespace).list();
  await Promise.all(list.items.filter(isTerminating).map(({ metadata }) => client.of(pods).namespace(namespace).delete(metadata.name ?? '', { gracePeriodSeconds: 0 })));
}

export function setPodStatus(client: ApiClient, pod: corev1.Pod, status: corev1.PodStatus): Promise<corev1.Pod> {
  return client.of(pods).namespace(pod.metadata.namespace).patch(pod.metadata.name ?? '', 'merge', { status }, { subresource: 'status' });
}

/** A Node that is Ready. */
export async function addNode(client: ApiClient, clock: Clock, name: string, labels: Readonly<Record<string, string>> = {}): Promise<corev1.Node> {
  const at = timestamp(clock.now());
  return client.of(nodes).create({
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: at, lastTransitionTime: at }] },
  });
}

export const nameOf = (object: { readonly metadata: { readonly name?: string | undefined } }): string => object.metadata.name ?? '';
