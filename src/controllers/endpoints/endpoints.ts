/**
 * Keeps the Endpoints object of each Service with a selector: what old clients read.
 * Upstream: pkg/controller/endpoint/endpoints_controller.go
 */
import { isNotFound } from '../../apimachinery/status-error.ts';
import { objectKey, splitKey } from '../../apimachinery/object.ts';
import { endpoints } from '../../resources/core/endpoints.ts';
import { pods } from '../../resources/core/pod.ts';
import { isHeadless } from '../../resources/core/service-types.ts';
import { services } from '../../resources/core/service.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { hasSelector, headlessLabel, indexByNamespace, podsOf, watchServicePods } from '../runtime/service-pods.ts';
import { TriggerTimes, withTriggerTime } from '../runtime/trigger-times.ts';
import { subsetsOf } from './subsets.ts';

const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const capacityAnnotation = 'endpoints.kubernetes.io/over-capacity';

export const endpointsController: ControllerFactory = (context) => {
  const { client, informers } = context;
  const serviceInformer = indexByNamespace(informers.of(services));
  const podInformer = indexByNamespace(informers.of(pods));
  const endpointsInformer = informers.of(endpoints);
  const triggers = new TriggerTimes();
  const controller = new Controller(context, {
    name: 'endpoint-controller',
    async reconcile(key) {
      const { namespace, name } = splitKey(key);
      const resource = client.of(endpoints).namespace(namespace);
      const service = serviceInformer.get(key);
      const present = endpointsInformer.get(key);
      if (!service) {
        triggers.forget(key);
        if (present) await resource.delete(name).catch(ignoreMissing);
        return;
      }
      if (!hasSelector(service)) return;
      const behind = podsOf(service, podInformer);
      const wanted = endpointsFor(service, behind, present, triggers.next(service, behind));
      if (!present) await resource.create(wanted);
      else if (!sameJson(comparable(present), comparable(wanted))) await resource.update(wanted);
    },
  });
  controller.watch(serviceInformer);
  watchServicePods(controller, serviceInformer, podInformer);
  const wake = (object: corev1.Endpoints): void => {
    const service = serviceInformer.get(objectKey(object));
    if (service && hasSelector(service)) controller.queue.add(objectKey(object));
  };
  endpointsInformer.addHandler({ updated: wake, deleted: wake });
  return running(controller);
};

function endpointsFor(service: corev1.Service, selected: readonly corev1.Pod[], present: corev1.Endpoints | undefined, triggered: string | undefined): corev1.Endpoints {
  const { name, namespace, labels } = service.metadata;
  const { subsets, truncated } = subsetsOf(service, selected);
  const { [capacityAnnotation]: _old, ...annotations } = present?.metadata.annotations ?? {};
  const kept = withTriggerTime(truncated ? { ...annotations, [capacityAnnotation]: 'truncated' } : annotations, triggered);
  return {
    metadata: {
      ...present?.metadata,
      name,
      namespace,
      labels: { ...labels, [managedByLabel]: 'endpoint-controller', ...(isHeadless(service.spec) ? { [headlessLabel]: '' } : {}) },
      ...(Object.keys(kept).length > 0 ? { annotations: kept } : { annotations: undefined }),
    },
    ...(subsets.length > 0 ? { subsets } : {}),
  };
}

const comparable = ({ subsets = [], metadata: { labels = {}, annotations } }: corev1.Endpoints): unknown => ({ subsets, labels, annotations: withTriggerTime(annotations, undefined) });

const ignoreMissing = (error: unknown): void => {
  if (!isNotFound(error)) throw error;
};
