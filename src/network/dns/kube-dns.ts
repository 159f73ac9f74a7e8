/**
 * The Service kube-dns in kube-system, through which Pods reach the DNS server: no selector, and an EndpointSlice that leads to the
 * server's address. A Service of that name that is not ours is a user's own DNS: then our slice goes, and ours rests.
 */
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { ApiClient, Writable } from '../../client/client.ts';
import type { Informers } from '../../client/informers.ts';
import { services } from '../../resources/core/service.ts';
import { endpointSlices, managedByLabel, serviceNameLabel } from '../../resources/discovery/endpoint-slice.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { reconcileLoop, type ReconcileLoop } from '../reconcile-loop.ts';

const namespace = 'kube-system';
const name = 'kube-dns';
const sliceName = 'kube-dns-k8ts';
const manager = 'k8ts';
const ownerLabel = 'app.kubernetes.io/managed-by';
const selection = { namespace, fieldSelector: `metadata.name=${name}` };
const sliceSelection = { namespace, fieldSelector: `metadata.name=${sliceName}` };

export interface DnsAddress {
  readonly address: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
}

export interface KubeDnsContext {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Call `start` when the server listens. */
export function kubeDnsKeeper({ client, informers, clock, logger }: KubeDnsContext, clusterIP: string, address: () => DnsAddress): ReconcileLoop & { readonly synced: () => Promise<void> } {
  const serviceInformer = informers.of(services, selection);
  const sliceInformer = informers.of(endpointSlices, sliceSelection);
  const loop = reconcileLoop({ clock, logger }, 'kube-dns', async (key) => {
    const service = serviceInformer.get(key);
    const slices = client.of(endpointSlices).namespace(namespace);
    const present = sliceInformer.get(`${namespace}/${sliceName}`);
    if (!service) await client.of(services).namespace(namespace).create(serviceWanted(clusterIP));
    else if (service.metadata.labels?.[ownerLabel] !== manager) {
      if (present) await slices.delete(sliceName).catch(unlessNotFound);
      return;
    }
    const wanted = sliceWanted(address());
    if (!present) await slices.create(wanted);
    else if (JSON.stringify([present.endpoints, present.ports]) !== JSON.stringify([wanted.endpoints, wanted.ports])) await slices.update({ ...wanted, metadata: { ...present.metadata, labels: wanted.metadata.labels } });
  });
  const enqueue = (): void => loop.queue.add(`${namespace}/${name}`);
  serviceInformer.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  sliceInformer.addHandler({ added: enqueue, updated: enqueue, deleted: enqueue });
  return {
    queue: loop.queue,
    get idle() {
      return loop.idle;
    },
    start() {
      enqueue();
      loop.start();
    },
    close: () => loop.close(),
    async synced() {
      serviceInformer.start();
      sliceInformer.start();
      await Promise.all([serviceInformer.synced, sliceInformer.synced]);
    },
  };
}

function unlessNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

function serviceWanted(clusterIP: string): Writable<corev1.Service> {
  return {
    metadata: {
      name,
      namespace,
      labels: { 'k8s-app': 'kube-dns', 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS', [ownerLabel]: manager },
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
    },
  };
}

function sliceWanted({ address, port, metricsPort }: DnsAddress): Writable<discoveryv1.EndpointSlice> & { readonly metadata: { readonly labels: Record<string, string> } } {
  return {
    metadata: { name: sliceName, namespace, labels: { [serviceNameLabel]: name, [managedByLabel]: manager } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [
      { name: 'dns', port, protocol: 'UDP' },
      { name: 'dns-tcp', port, protocol: 'TCP' },
      ...(metricsPort === undefined ? [] : [{ name: 'metrics', port: metricsPort, protocol: 'TCP' }]),
    ],
  };
}
