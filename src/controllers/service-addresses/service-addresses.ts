/**
 * Shows who holds the cluster's Service addresses: the ServiceCIDR `kubernetes`, and an IPAddress for each address of a Service. The
 * addresses themselves are given out by the API server when it writes Services.
 * Upstream: pkg/controlplane/controller/defaultservicecidr, pkg/registry/core/service/ipallocator/controller
 */
import { timestamp } from '../../base/clock.ts';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status-error.ts';
import { clusterIpsOf } from '../../resources/core/service-types.ts';
import { services } from '../../resources/core/service.ts';
import { ipAddresses } from '../../resources/networking/ip-address.ts';
import { serviceCidrs } from '../../resources/networking/service-cidr.ts';
import type * as networkingv1 from '../../resources/types/networking-v1.ts';
import { Controller, running, type ControllerContext, type ControllerFactory } from '../runtime/controller.ts';

const byService = 'service';
const managedBy = 'ipallocator.k8s.io';
const rangeName = 'kubernetes';

/** Never the key of a Service: those have a namespace. */
const rangeKey = rangeName;

const parentKey = ({ spec }: networkingv1.IPAddress): string => `${spec?.parentRef?.namespace ?? ''}/${spec?.parentRef?.name ?? ''}`;

export function serviceAddresses({ serviceCidr }: { readonly serviceCidr: string }): ControllerFactory {
  return (context) => {
    const { client, informers } = context;
    const serviceInformer = informers.of(services);
    const addressInformer = informers.of(ipAddresses);
    addressInformer.addIndex(byService, (address) => [parentKey(address)]);
    const controller = new Controller(context, {
      name: 'service-addresses',
      async reconcile(key) {
        if (key === rangeKey) return ensureRange(context, serviceCidr);
        const service = serviceInformer.get(key);
        const wanted = new Set(service ? clusterIpsOf(service) : []);
        for (const address of addressInformer.byIndex(byService, key)) {
          const { name = '', labels } = address.metadata;
          if (wanted.delete(name) || labels?.['ipaddress.kubernetes.io/managed-by'] !== managedBy) continue;
          await client.of(ipAddresses).delete(name).catch(unless(isNotFound));
        }
        for (const name of wanted) await client.of(ipAddresses).create(addressOf(name, key)).catch(unless(isAlreadyExists));
      },
    });
    controller.watch(serviceInformer);
    controller.watchMapped(addressInformer, (address) => [parentKey(address)]);
    return running(controller, { start: () => controller.queue.add(rangeKey) });
  };
}

const unless = (expected: (error: unknown) => boolean) => (error: unknown): void => {
  if (!expected(error)) throw error;
};

function addressOf(address: string, key: string): networkingv1.IPAddress {
  const [namespace = '', name = ''] = key.split('/');
  return {
    metadata: { name: address, labels: { 'ipaddress.kubernetes.io/ip-family': address.includes(':') ? 'IPv6' : 'IPv4', 'ipaddress.kubernetes.io/managed-by': managedBy } },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  };
}

async function ensureRange({ client, clock }: ControllerContext, cidr: string): Promise<void> {
  const ranges = client.of(serviceCidrs);
  await ranges.create({ metadata: { name: rangeName }, spec: { cidrs: [cidr] } }).catch(unless(isAlreadyExists));
  const range = await ranges.get(rangeName);
  if ((range.status?.conditions ?? []).some(({ type }) => type === 'Ready')) return;
  const ready = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready', lastTransitionTime: timestamp(clock.now()) };
  await ranges.patch(rangeName, 'merge', { status: { conditions: [ready] } }, { subresource: 'status' });
}
