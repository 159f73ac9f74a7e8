/**
 * Mirrors the Endpoints that users write for Services without selector into EndpointSlices, which is what traffic follows.
 * Upstream: pkg/controller/endpointslicemirroring
 */
import { objectKey, splitKey } from '../../apimachinery/object.ts';
import { endpoints } from '../../resources/core/endpoints.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices, managedByLabel, serviceNameLabel } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { ipFamilyOf } from '../../resources/validation/ip.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { Expectations } from '../runtime/expectations.ts';
import { controllerReference } from '../runtime/owners.ts';
import { hasSelector } from '../runtime/service-pods.ts';
import { planSlices, writeSlices, type EndpointGroup } from '../runtime/slices.ts';

const managedBy = 'endpointslicemirroring-controller.k8s.io';
const skipLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const mostEndpoints = 1000;

export const endpointSliceMirroringController: ControllerFactory = (context) => {
  const { client, informers, clock } = context;
  const serviceInformer = informers.of(services);
  const endpointsInformer = informers.of(endpoints);
  const sliceInformer = informers.of(endpointSlices).addIndex('service', (slice) => [`${slice.metadata.labels?.[managedByLabel] ?? ''} ${serviceKeyOf(slice)}`]);
  const expectations = new Expectations(clock);
  const controller = new Controller(context, {
    name: 'endpoint-slice-mirroring-controller',
    async reconcile(key) {
      if (!expectations.satisfied(key)) return;
      const { namespace } = splitKey(key);
      const service = serviceInformer.get(key);
      const source = endpointsInformer.get(key);
      const existing = sliceInformer.byIndex('service', `${managedBy} ${key}`);
      const slices = client.of(endpointSlices).namespace(namespace);
      const mirrored = source !== undefined && service !== undefined && isMirrored(source) && !hasSelector(service) && service.spec?.type !== 'ExternalName';
      const groups = mirrored ? groupsOf(source) : [];
      const plan = source && groups.length > 0 ? planSlices(existing, groups, sliceMetadata(source), mostEndpoints) : { create: [], update: [], remove: existing };
      await writeSlices(slices, plan, expectations, key);
    },
  });
  controller.watch(endpointsInformer);
  controller.watch(serviceInformer);
  sliceInformer.addHandler({
    added: (slice) => {
      expectations.creationObserved(serviceKeyOf(slice));
      wake(slice);
    },
    updated: (slice) => wake(slice),
    deleted: (slice) => wake(slice),
  });
  const wake = (slice: discoveryv1.EndpointSlice): void => {
    if (slice.metadata.labels?.[managedByLabel] === managedBy) controller.queue.add(serviceKeyOf(slice));
  };
  return running(controller);
};

const isMirrored = ({ metadata: { labels = {}, annotations = {} } }: corev1.Endpoints): boolean => labels[skipLabel] !== 'true' && annotations[leaderAnnotation] === undefined;

function groupsOf(source: corev1.Endpoints): EndpointGroup[] {
  return (source.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) => {
    const all = [...addresses.map((address) => mirror(address, true)), ...notReadyAddresses.map((address) => mirror(address, false))];
    const written = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }));
    return ['IPv4', 'IPv6'].flatMap((addressType) => {
      const mine = all.filter(({ addresses: [ip = ''] }) => ipFamilyOf(ip) === addressType).slice(0, mostEndpoints);
      return mine.length > 0 ? [{ addressType, ports: written, endpoints: mine }] : [];
    });
  });
}

function mirror({ ip, hostname, nodeName, targetRef }: corev1.EndpointAddress, ready: boolean): discoveryv1.Endpoint {
  return { addresses: [ip], conditions: { ready, serving: ready, terminating: false }, ...(hostname ? { hostname } : {}), ...(nodeName ? { nodeName } : {}), ...(targetRef ? { targetRef } : {}) };
}

function sliceMetadata(source: corev1.Endpoints): discoveryv1.EndpointSlice['metadata'] {
  const { name = '', namespace, labels } = source.metadata;
  return { generateName: `${name}-`, namespace, labels: { ...labels, [serviceNameLabel]: name, [managedByLabel]: managedBy }, ownerReferences: [controllerReference(endpoints, source)] };
}

const serviceKeyOf = (slice: discoveryv1.EndpointSlice): string => objectKey({ metadata: { namespace: slice.metadata.namespace, name: slice.metadata.labels?.[serviceNameLabel] ?? '' } });
