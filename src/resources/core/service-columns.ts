/** A Service's row. Upstream: pkg/printers/internalversion/printers.go (printService) */
import { ageColumn, labelText, nameColumn, none, text, wideText, type ColumnOf } from '../columns.ts';
import type * as corev1 from '../types/core-v1.ts';

/** Where a Service can be reached from outside, in words. */
function externalText({ spec, status }: corev1.Service): string {
  const own = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'LoadBalancer': {
      const given = (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }) => ip || hostname || []);
      return [...new Set(given)].sort().concat(own).join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    case 'ClusterIP':
    case 'NodePort':
      return own.join(',') || none;
    default:
      return '<unknown>';
  }
}

function portsText(ports: readonly corev1.ServicePort[] | undefined): string {
  return (ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`).join(',') || none;
}

export const serviceColumns: readonly ColumnOf<corev1.Service>[] = [
  nameColumn,
  text('Type', (service) => service.spec?.type ?? ''),
  text('Cluster-IP', (service) => service.spec?.clusterIPs?.[0] || service.spec?.clusterIP || none),
  text('External-IP', externalText),
  text('Port(s)', (service) => portsText(service.spec?.ports)),
  ageColumn,
  wideText('Selector', (service) => labelText(service.spec?.selector)),
];
