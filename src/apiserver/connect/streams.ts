/**
 * exec, attach, port-forward and log of Pods, through the Pod's node. Clients that speak SPDY are joined to the node byte by byte;
 * those that speak WebSocket are translated here, since nodes speak SPDY only.
 * Upstream: k8s.io/kubernetes/pkg/registry/core/pod/rest, k8s.io/apiserver/pkg/util/proxy
 */
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../base/errors.ts';
import * as status from '../../apimachinery/status-error.ts';
import { dialPortForward } from '../../transport/channels/dial-port-forward.ts';
import { dialRemoteCommand } from '../../transport/channels/dial-remote-command.ts';
import { UpgradeRefusedError, type DialTarget } from '../../transport/channels/dial-upgrade.ts';
import { acceptPortForward, type ForwardedConnection } from '../../transport/channels/port-forward.ts';
import { acceptRemoteCommand } from '../../transport/channels/remote-command.ts';
import { relayRemoteCommand, type RemoteStreams } from '../../transport/channels/remote-session.ts';
import { NegotiationError } from '../../transport/channels/spdy-upgrade.ts';
import { asksForWebSocket } from '../../transport/channels/websocket.ts';
import type { Exchange } from '../../transport/exchange.ts';
import { ProxyError, type ReverseProxy } from '../../transport/proxy.ts';
import { isTrue } from '../request-info.ts';
import type { ApiRequest, ApiResponse } from '../request.ts';
import type { ResourceHandler } from '../router.ts';
import { podTarget, type ConnectDependencies, type NodeAddress } from './node-address.ts';

const hijacked: ApiResponse = { type: 'hijacked' };

export interface StreamDependencies extends ConnectDependencies {
  readonly proxy: ReverseProxy;
}

export function podStreamActions(dependencies: StreamDependencies): Record<string, ResourceHandler> {
  return {
    '/pods/log': (request) => forwardLog(request, dependencies),
    '/pods/exec': (request) => remoteCommand(request, 'exec', dependencies),
    '/pods/attach': (request) => remoteCommand(request, 'attach', dependencies),
    '/pods/portforward': (request) => portForward(request, dependencies),
  };
}

async function forwardLog(request: ApiRequest, dependencies: StreamDependencies): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  const { container, node } = podTarget(dependencies, namespace, name, request.query.get('container') ?? '');
  const query = new URLSearchParams(request.query);
  query.delete('container');
  const path = `/containerLogs/${namespace}/${name}/${encodeURIComponent(container)}?${query.toString()}`;
  return forward(exchangeOf(request), node, path, dependencies, (code, body) => refusedLog(name, code, body.trimEnd()));
}

/** What the node says becomes the message of a Status. Upstream: k8s.io/apiserver/pkg/registry/generic/rest/response_checker.go */
function refusedLog(pod: string, code: number, body: string): Error {
  if (code === 400) return status.badRequest(body);
  if (code === 404) return new status.StatusError({ code, reason: 'NotFound', message: `the server could not find the requested resource ( pods/log ${pod})` });
  return status.internalError(body);
}

async function remoteCommand(request: ApiRequest, kind: 'exec' | 'attach', dependencies: StreamDependencies): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  const { query } = request;
  const { container, node, pod } = podTarget(dependencies, namespace, name, query.get('container') ?? '');
  const { phase } = pod.status ?? {};
  if (kind === 'exec' && (phase === 'Succeeded' || phase === 'Failed')) throw status.badRequest(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  if (kind === 'exec' && query.getAll('command').length === 0) throw status.badRequest('you must specify at least one command for the container');
  const sent = new URLSearchParams();
  for (const command of query.getAll('command')) sent.append('command', command);
  const streams = streamsOf(query);
  for (const [from, to] of [['stdin', 'input'], ['stdout', 'output'], ['stderr', 'error'], ['tty', 'tty']] as const) if (streams[from]) sent.set(to, '1');
  const path = `/${kind}/${namespace}/${name}/${encodeURIComponent(container)}?${sent.toString()}`;
  const exchange = exchangeOf(request);
  if (!asksForWebSocket(exchange)) return forward(exchange, node, path, dependencies);
  const process = await dialed(() => dialRemoteCommand(targetOf(node, path, dependencies), streams));
  try {
    await relayRemoteCommand(await acceptRemoteCommand(exchange, streams), process);
  } catch (error) {
    process.close();
    if (!(error instanceof NegotiationError)) throw error;
  }
  return hijacked;
}

function streamsOf(query: URLSearchParams): RemoteStreams {
  const tty = isTrue(query.get('tty'));
  const streams = { stdin: isTrue(query.get('stdin')), stdout: isTrue(query.get('stdout')), stderr: isTrue(query.get('stderr')) && !tty, tty };
  if (!streams.stdin && !streams.stdout && !streams.stderr) throw status.badRequest('at least one of stdin, stdout or stderr must be true');
  return streams;
}

async function portForward(request: ApiRequest, dependencies: StreamDependencies): Promise<ApiResponse> {
  const { namespace, name } = request.info;
  const { node } = podTarget(dependencies, namespace, name, firstContainer(dependencies, namespace, name));
  const path = `/portForward/${namespace}/${name}`;
  const exchange = exchangeOf(request);
  if (!asksForWebSocket(exchange)) return forward(exchange, node, path, dependencies);
  const forwarder = await dialed(() => dialPortForward(targetOf(node, path, dependencies)));
  try {
    const session = await acceptPortForward(exchange);
    void session.closed.then(() => forwarder.close());
    void forwarder.closed.then(() => session.close());
    for await (const connection of session.connections) void relayConnection(connection, forwarder);
  } catch (error) {
    if (!(error instanceof NegotiationError)) throw error;
  } finally {
    forwarder.close();
  }
  return hijacked;
}

/** Port-forward is to the Pod, whichever containers it has. */
function firstContainer(dependencies: StreamDependencies, namespace: string, name: string): string {
  const pods = dependencies.registry.byResource('', 'v1', 'pods');
  const pod = pods && dependencies.objects.get(pods.definition, namespace, name).object;
  const spec = pod?.['spec'] as { containers?: { name: string }[] } | undefined;
  return spec?.containers?.[0]?.name ?? '';
}

async function relayConnection(connection: ForwardedConnection, forwarder: Awaited<ReturnType<typeof dialPortForward>>): Promise<void> {
  try {
    const { data, error } = await forwarder.open(connection.port);
    await Promise.all([
      pipeline(connection.data, data).catch(() => data.destroy()),
      pipeline(data, connection.data).catch(() => connection.data.destroy()),
      pipeline(error, connection.error).catch(() => connection.error.end()),
    ]);
  } catch (error) {
    connection.error.end(messageOf(error));
    connection.data.destroy();
  }
}

const targetOf = ({ host, port }: NodeAddress, path: string, { tls }: ConnectDependencies): DialTarget => ({
  url: `https://${host.includes(':') ? `[${host}]` : host}:${port}${path}`,
  tls: { ca: tls.ca, cert: tls.cert, key: tls.key },
});

async function dialed<T>(dial: () => Promise<T>): Promise<T> {
  try {
    return await dial();
  } catch (error) {
    if (error instanceof UpgradeRefusedError) {
      if (error.status === 404) throw new status.StatusError({ code: 404, reason: 'NotFound', message: error.body.trim() });
      throw status.internalError(`error dialing backend: ${error.body.trim() || error.message}`, error);
    }
    throw status.internalError(`error dialing backend: ${messageOf(error)}`, error);
  }
}

function exchangeOf(request: ApiRequest): Exchange {
  if (!request.exchange) throw status.badRequest('this request needs a connection of its own');
  return request.exchange;
}

async function forward(exchange: Exchange, node: NodeAddress, path: string, { proxy }: StreamDependencies, refused?: (code: number, body: string) => Error): Promise<ApiResponse> {
  try {
    await proxy.forward(exchange, { host: node.host, port: node.port, path, tls: {}, headers: { authorization: undefined }, ...(refused ? { refused } : {}) });
  } catch (error) {
    if (error instanceof ProxyError) throw status.internalError(`error dialing backend: ${error.message}`, error);
    throw error;
  }
  return hijacked;
}
