/** The Pods behind a Service: which they are, and waking the Service's key when they change. */
import { selectLabels } from '../../apimachinery/label-selector.ts';
import { objectKey } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';
import { isFinished, isReady, isTerminating } from '../../resources/core/pod-readiness.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import type { Controller } from './controller.ts';

/** Put on what belongs to a Service without an address of its own. */
export const headlessLabel = 'service.kubernetes.io/headless';

export const hasSelector = ({ spec }: corev1.Service): boolean => spec?.type !== 'ExternalName' && spec?.selector !== undefined && Object.keys(spec.selector).length > 0;

export const indexByNamespace = <T extends corev1.Pod | corev1.Service>(informer: Informer<T>): Informer<T> => informer.addIndex('namespace', ({ metadata }) => [metadata.namespace ?? '']);

/** Pods that a Service picks and that have an address and are not finished, by name. */
export function podsOf(service: corev1.Service, pods: Informer<corev1.Pod>): corev1.Pod[] {
  const selector = selectLabels(service.spec?.selector ?? {});
  const found = pods.byIndex('namespace', service.metadata.namespace ?? '').filter((pod) => selector.matches(pod.metadata.labels) && !isFinished(pod) && Boolean(pod.status?.podIP));
  return found.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

/** The name by which DNS knows a Pod below the Service. */
export function hostnameOf(pod: corev1.Pod, service: corev1.Service): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return hostname && subdomain === service.metadata.name ? hostname : undefined;
}

/** Queues the Services that pick a Pod when anything about it changes that traffic cares for. */
export function watchServicePods(controller: Controller, services: Informer<corev1.Service>, pods: Informer<corev1.Pod>): void {
  const wake = (pod: corev1.Pod): void => {
    for (const service of services.byIndex('namespace', pod.metadata.namespace ?? '')) {
      if (hasSelector(service) && selectLabels(service.spec?.selector ?? {}).matches(pod.metadata.labels)) controller.queue.add(objectKey(service));
    }
  };
  pods.addHandler({
    added: (pod) => {
      if (pod.status?.podIP) wake(pod);
    },
    updated: (pod, old) => {
      const relabelled = !sameJson(pod.metadata.labels, old.metadata.labels);
      if (!relabelled && sameJson(facts(pod), facts(old))) return;
      if (relabelled) wake(old);
      wake(pod);
    },
    deleted: (pod) => {
      if (pod.status?.podIP) wake(pod);
    },
  });
}

const facts = (pod: corev1.Pod): unknown => [isReady(pod), isTerminating(pod), isFinished(pod), pod.status?.podIPs, pod.status?.podIP, pod.spec?.nodeName, pod.spec?.hostname, pod.spec?.subdomain];
