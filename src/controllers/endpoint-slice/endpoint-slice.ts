/**
 * Keeps the EndpointSlices of each Service with a selector.
 * Upstream: pkg/controller/endpointslice/endpointslice_controller.go
 */
import { objectKey, splitKey } from '../../apimachinery/object.ts';
import { nodes } from '../../resources/core/node.ts';
import { pods } from '../../resources/core/pod.ts';
import { isHeadless } from '../../resources/core/service-types.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices, managedByLabel, serviceNameLabel } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { Expectations } from '../runtime/expectations.ts';
import { controllerReference } from '../runtime/owners.ts';
import { hasSelector, headlessLabel, indexByNamespace, podsOf, watchServicePods } from '../runtime/service-pods.ts';
import { planSlices, writeSlices } from '../runtime/slices.ts';
import { triggerTimeAnnotation, TriggerTimes } from '../runtime/trigger-times.ts';
import { endpointGroups } from './service-endpoints.ts';

export const managedBy = 'endpointslice-controller.k8s.io';
const mostEndpoints = 100;
const zoneLabel = 'topology.kubernetes.io/zone';

export const endpointSliceController: ControllerFactory = (context) => {
  const { client, informers, clock } = context;
  const serviceInformer = indexByNamespace(informers.of(services));
  const podInformer = indexByNamespace(informers.of(pods));
  const nodeInformer = informers.of(nodes);
  const sliceInformer = informers.of(endpointSlices).addIndex('service', (slice) => [`${slice.metadata.labels?.[managedByLabel] ?? ''} ${serviceKeyOf(slice)}`]);
  const expectations = new Expectations(clock);
  const triggers = new TriggerTimes();
  const zoneOf = (node: string): string | undefined => nodeInformer.get(node)?.metadata.labels?.[zoneLabel];
  const controller = new Controller(context, {
    name: 'endpoint-slice-controller',
    async reconcile(key) {
      const { namespace } = splitKey(key);
      const service = serviceInformer.get(key);
      const slices = client.of(endpointSlices).namespace(namespace);
      const existing = sliceInformer.byIndex('service', `${managedBy} ${key}`);
      if (!expectations.satisfied(key)) return;
      if (!service || service.spec?.type === 'ExternalName') {
        await writeSlices(slices, { create: [], update: [], remove: existing }, expectations, key);
        if (!service) {
          expectations.forget(key);
          triggers.forget(key);
        }
        return;
      }
      if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return;
      const behind = podsOf(service, podInformer);
      const groups = endpointGroups(service, behind, zoneOf);
      await writeSlices(slices, planSlices(existing, groups, sliceMetadata(service, triggers.next(service, behind)), mostEndpoints), expectations, key);
    },
  });
  controller.watch(serviceInformer);
  watchServicePods(controller, serviceInformer, podInformer);
  nodeInformer.addHandler({
    // Endpoints say the zone of their node.
    updated: (node, old) => {
      if (node.metadata.labels?.[zoneLabel] === old.metadata.labels?.[zoneLabel]) return;
      for (const service of serviceInformer.list()) controller.queue.add(objectKey(service));
    },
  });
  const wake = (slice: discoveryv1.EndpointSlice): void => {
    if (slice.metadata.labels?.[managedByLabel] === managedBy) controller.queue.add(serviceKeyOf(slice));
  };
  sliceInformer.addHandler({
    added: (slice) => {
      expectations.creationObserved(serviceKeyOf(slice));
      wake(slice);
    },
    updated: (slice, old) => {
      wake(old);
      wake(slice);
    },
    deleted: wake,
  });
  return running(controller);
};

function sliceMetadata(service: corev1.Service, triggered: string | undefined): discoveryv1.EndpointSlice['metadata'] {
  const { name = '', namespace, labels } = service.metadata;
  return {
    generateName: `${name}-`,
    namespace,
    ...(triggered === undefined ? {} : { annotations: { [triggerTimeAnnotation]: triggered } }),
    labels: { ...labels, ...(isHeadless(service.spec) ? { [headlessLabel]: '' } : {}), [serviceNameLabel]: name, [managedByLabel]: managedBy },
    ownerReferences: [controllerReference(services, service)],
  };
}

const serviceKeyOf = ({ metadata }: discoveryv1.EndpointSlice): string => `${metadata.namespace ?? ''}/${metadata.labels?.[serviceNameLabel] ?? ''}`;
