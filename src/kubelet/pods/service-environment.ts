/** The variables by which a container finds Services that existed when it started. Upstream: pkg/kubelet/envvars/envvars.go */
import type { Service } from '../../resources/types/core-v1.ts';

const variable = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** `links` false leaves only the API server's. */
export function serviceEnvironment(services: readonly Service[], namespace: string, links: boolean): Record<string, string> {
  const out: Record<string, string> = {};
  for (const service of services) {
    const { name = '', namespace: where } = service.metadata;
    const isApi = where === 'default' && name === 'kubernetes';
    const ip = service.spec?.clusterIP;
    if (!ip || ip === 'None' || (!isApi && (!links || where !== namespace))) continue;
    Object.assign(out, oneService(service, variable(name), ip));
  }
  return out;
}

function oneService(service: Service, prefix: string, ip: string): Record<string, string> {
  const ports = service.spec?.ports ?? [];
  const first = ports[0];
  if (!first) return {};
  const out: Record<string, string> = { [`${prefix}_SERVICE_HOST`]: ip, [`${prefix}_SERVICE_PORT`]: String(first.port) };
  const host = ip.includes(':') ? `[${ip}]` : ip;
  for (const [i, port] of ports.entries()) {
    const protocol = port.protocol ?? 'TCP';
    const url = `${protocol.toLowerCase()}://${host}:${port.port}`;
    const each = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
    if (port.name) out[`${prefix}_SERVICE_PORT_${variable(port.name)}`] = String(port.port);
    if (i === 0) out[`${prefix}_PORT`] = url;
    Object.assign(out, { [each]: url, [`${each}_PROTO`]: protocol.toLowerCase(), [`${each}_PORT`]: String(port.port), [`${each}_ADDR`]: ip });
  }
  return out;
}
