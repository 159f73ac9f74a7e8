/**
 * Ingresses of the beta versions: other names for backends, and a path type that may be left away.
 * Upstream: pkg/apis/networking/v1beta1/conversion.go
 */
import type { DraftObject } from '../definition.ts';

type Fields = Record<string, unknown>;

/** Calls `change` for the object in each place of a beta or v1 Ingress that holds a backend, and stores what it returns. */
function eachBackend(spec: Fields, change: (backend: Fields) => Fields): void {
  for (const rule of (spec['rules'] as { http?: { paths?: Fields[] } }[] | undefined) ?? []) {
    for (const path of rule.http?.paths ?? []) if (path['backend'] !== undefined) path['backend'] = change(path['backend'] as Fields);
  }
}

export function ingressFromBeta(object: DraftObject): DraftObject {
  const spec = object['spec'] as Fields | undefined;
  if (spec === undefined) return object;
  if (spec['backend'] !== undefined) {
    spec['defaultBackend'] = backendFromBeta(spec['backend'] as Fields);
    delete spec['backend'];
  }
  eachBackend(spec, backendFromBeta);
  for (const rule of (spec['rules'] as { http?: { paths?: Fields[] } }[] | undefined) ?? []) {
    for (const path of rule.http?.paths ?? []) path['pathType'] ||= 'ImplementationSpecific';
  }
  return object;
}

export function ingressToBeta(object: DraftObject): DraftObject {
  const spec = object['spec'] as Fields | undefined;
  if (spec === undefined) return object;
  if (spec['defaultBackend'] !== undefined) {
    spec['backend'] = backendToBeta(spec['defaultBackend'] as Fields);
    delete spec['defaultBackend'];
  }
  eachBackend(spec, backendToBeta);
  return object;
}

function backendFromBeta({ serviceName, servicePort, ...rest }: Fields): Fields {
  if (serviceName === undefined && servicePort === undefined) return rest;
  const port = typeof servicePort === 'number' ? { number: servicePort } : { name: servicePort };
  return { ...rest, service: { name: serviceName, ...(servicePort === undefined ? {} : { port }) } };
}

function backendToBeta({ service, ...rest }: Fields): Fields {
  if (service === undefined) return rest;
  const { name, port } = service as { name?: string; port?: { number?: number; name?: string } };
  return { ...rest, serviceName: name, servicePort: port?.name || (port?.number ?? 0) };
}
