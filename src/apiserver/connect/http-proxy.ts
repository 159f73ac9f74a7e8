/**
 * HTTP through the API server to Pods, Services and nodes: /api/v1/namespaces/NS/pods/[https:]NAME[:PORT]/proxy/PATH.
 * Upstream: k8s.io/kubernetes/pkg/registry/core/{pod,service,node}/rest
 */
import * as status from '../../apimachinery/status-error.ts';
import type { Endpoints, Pod, Service } from '../../resources/types/core-v1.ts';
import { ProxyError, type ReverseProxy } from '../../transport/proxy.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { ResourceHandler } from '../router.ts';
import { addressOfNode, findObject } from './node-address.ts';
import type { StreamDependencies } from './streams.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** '[scheme:]name[:port]' */
interface Named {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

export interface HttpProxyDependencies extends StreamDependencies {
  /** Proves the API server to nodes; `proxy` is for Pods and Services, which get no such proof. */
  readonly nodeProxy: ReverseProxy;
}

export function httpProxyActions(dependencies: HttpProxyDependencies): Record<string, ResourceHandler> {
  const serve = (find: (named: Named, namespace: string) => Target, proxy = dependencies.proxy): ResourceHandler => (request) => forward(request, find(splitName(request.info.name), request.info.namespace), proxy);
  return {
    '/pods/proxy': serve((named, namespace) => podAddress(named, findObject(dependencies, 'pods', namespace, named.name) as unknown as Pod)),
    '/services/proxy': serve((named, namespace) => serviceAddress(named, namespace, dependencies)),
    '/nodes/proxy': serve((named) => ({ ...addressOfNode(dependencies, named.name), secure: true }), dependencies.nodeProxy),
  };
}

function splitName(text: string): Named {
  const parts = text.split(':');
  if (parts.length === 3) return { scheme: parts[0] ?? '', name: parts[1] ?? '', port: parts[2] ?? '' };
  if (parts.length === 2) return parts[0] === 'http' || parts[0] === 'https' ? { scheme: parts[0], name: parts[1] ?? '', port: '' } : { scheme: '', name: parts[0] ?? '', port: parts[1] ?? '' };
  return { scheme: '', name: text, port: '' };
}

function podAddress({ scheme, name, port }: Named, pod: Pod): Target {
  const { podIP = '' } = pod.status ?? {};
  if (podIP === '') throw status.badRequest(`address not allowed: pod ${name} has no address yet`);
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const chosen = port === '' ? (ports[0]?.containerPort ?? 80) : /^\d+$/.test(port) ? Number(port) : ports.find((candidate) => candidate.name === port)?.containerPort;
  if (chosen === undefined) throw status.serviceUnavailable(`no port ${JSON.stringify(port)} in pod ${name}`);
  return { host: podIP, port: chosen, secure: scheme === 'https' };
}

function serviceAddress({ scheme, name, port }: Named, namespace: string, dependencies: StreamDependencies): Target {
  const service = findObject(dependencies, 'services', namespace, name) as unknown as Service;
  const ports = service.spec?.ports ?? [];
  const chosen = port === '' ? ports[0] : ports.find((candidate) => candidate.name === port || String(candidate.port) === port);
  const endpoints = findObject(dependencies, 'endpoints', namespace, name) as unknown as Endpoints;
  for (const subset of endpoints.subsets ?? []) {
    const address = subset.addresses?.[0]?.ip;
    const target = (subset.ports ?? []).find((candidate) => (candidate.name ?? '') === (chosen?.name ?? '')) ?? (chosen ? undefined : subset.ports?.[0]);
    if (address !== undefined && target !== undefined) return { host: address, port: target.port, secure: scheme === 'https' };
  }
  throw status.serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
}

async function forward(request: ApiRequest, target: Target, proxy: ReverseProxy): Promise<ApiResponse> {
  const { exchange } = request;
  if (!exchange) throw status.badRequest('this request needs a connection of its own');
  const path = `/${request.info.rest.join('/')}${exchange.rawPath.endsWith('/') && request.info.rest.length > 0 ? '/' : ''}`;
  const query = exchange.query === '' ? '' : `?${exchange.query}`;
  try {
    await proxy.forward(exchange, { host: target.host, port: target.port, path: path + query, ...(target.secure ? { tls: {} } : {}), headers: { authorization: undefined } });
  } catch (error) {
    if (error instanceof ProxyError) throw status.serviceUnavailable(`error trying to reach service: ${error.message}`);
    throw error;
  }
  return { type: 'hijacked' };
}
