/**
 * The Service `kubernetes` in the default namespace, through which Pods reach the API server: kept as it should be, made again
 * when deleted. Where the API server listens on an address that Pods reach, Endpoints and an EndpointSlice lead there.
 * Upstream: pkg/controlplane/controller/kubernetesservice, pkg/controlplane/reconcilers
 */
import { draft, type Draft, type KubeObject } from '../../apimachinery/object.ts';
import type { ApiClient, Writable } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { endpoints } from '../../resources/core/endpoints.ts';
import { services } from '../../resources/core/service.ts';
import type { Kind } from '../../resources/definition.ts';
import { endpointSlices, serviceNameLabel } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';

const namespace = 'default';
const name = 'kubernetes';
const portName = 'https';
const selection = { namespace, fieldSelector: `metadata.name=${name}` };

export interface ApiServerAddress {
  readonly address: string;
  readonly port: number;
}

export interface KubernetesServiceOptions {
  /** Where Pods reach the API server; absent: the Service has no endpoints. */
  readonly apiServer?: ApiServerAddress | undefined;
}

export function kubernetesService({ apiServer }: KubernetesServiceOptions = {}): ControllerFactory {
  return (context) => {
    const serviceInformer = context.informers.of(services, selection);
    const endpointsInformer = context.informers.of(endpoints, selection);
    const sliceInformer = context.informers.of(endpointSlices, selection);
    const { client } = context;
    const controller = new Controller(context, {
      name: 'kubernetes-service',
      workers: 1,
      async reconcile(key) {
        await keep(client, services, serviceInformer.get(key), (present) => serviceWanted(present, apiServer?.port ?? 6443));
        if (!apiServer) return;
        await keep(client, endpoints, endpointsInformer.get(key), (present) => endpointsWanted(present, apiServer));
        await keep(client, endpointSlices, sliceInformer.get(key), (present) => sliceWanted(present, apiServer));
      },
    });
    watchName(controller, serviceInformer);
    watchName(controller, endpointsInformer);
    watchName(controller, sliceInformer);
    return running(controller, { start: () => controller.queue.add(`${namespace}/${name}`) });
  };
}

const watchName = <T extends KubeObject>(controller: Controller, informer: Informer<T>): Controller => controller.watch(informer, ({ metadata }) => metadata.name === name);

async function keep<T extends KubeObject>(client: ApiClient, kind: Kind<T>, present: T | undefined, wanted: (present: Draft<T> | undefined) => Writable<T>): Promise<void> {
  const resource = client.of(kind).namespace(namespace);
  if (!present) {
    await resource.create(wanted(undefined));
    return;
  }
  const next = wanted(draft(present));
  if (JSON.stringify(next) !== JSON.stringify(present)) await resource.update(next);
}

/** Only the labels and the port are kept: what else a user sets on the Service stays. */
function serviceWanted(present: Draft<corev1.Service> | undefined, targetPort: number): Writable<corev1.Service> {
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  const ports = [{ name: portName, protocol: 'TCP', port: 443, targetPort }];
  if (!present) return { metadata: { name, namespace, labels }, spec: { type: 'ClusterIP', sessionAffinity: 'None', ports } };
  present.metadata.labels = { ...present.metadata.labels, ...labels };
  if (present.spec) present.spec.ports = ports;
  return present;
}

function endpointsWanted(present: Draft<corev1.Endpoints> | undefined, { address, port }: ApiServerAddress): Writable<corev1.Endpoints> {
  const base = present ?? { metadata: { name, namespace } };
  base.metadata.labels = { ...base.metadata.labels, 'endpointslice.kubernetes.io/skip-mirror': 'true' };
  return { ...base, subsets: [{ addresses: [{ ip: address }], ports: [{ name: portName, port, protocol: 'TCP' }] }] } as Writable<corev1.Endpoints>;
}

function sliceWanted(present: Draft<discoveryv1.EndpointSlice> | undefined, { address, port }: ApiServerAddress): Writable<discoveryv1.EndpointSlice> {
  const base = present ?? { metadata: { name, namespace }, addressType: 'IPv4' };
  base.metadata.labels = { ...base.metadata.labels, [serviceNameLabel]: name };
  return { ...base, endpoints: [{ addresses: [address], conditions: { ready: true } }], ports: [{ name: portName, port, protocol: 'TCP' }] };
}
