/**
 * Sessions into containers: exec, attach, port-forward. The runtime's streaming server speaks the clients' protocol (SPDY/3.1)
 * itself, so the upgraded connection is handed through to it byte by byte.
 * Upstream: pkg/kubelet/server/server.go (getExec, getAttach, getPortForward), k8s.io/kubelet/pkg/cri/streaming
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Exchange, ResponseHeaders } from '../../transport/exchange.ts';
import { switchProtocols } from '../../transport/upgrade-exchange.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import type { PodWorkers } from '../pods/pod-workers.ts';
import { podUidLabel } from '../pods/runtime-labels.ts';
import { findPod, runningContainer } from './find-container.ts';
import { HttpFailure } from './http-failure.ts';

export interface SessionTools {
  readonly workers: PodWorkers;
  readonly runtime: RuntimeService;
}

interface Streams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

const isOn = (query: URLSearchParams, ...names: readonly string[]): boolean => names.some((name) => query.get(name) === '1' || query.get(name) === 'true');

/** The API server says input, output, error; the clients of the API stdin, stdout, stderr. */
function streamsOf(query: URLSearchParams): Streams {
  const tty = isOn(query, 'tty');
  const streams = { stdin: isOn(query, 'input', 'stdin'), stdout: isOn(query, 'output', 'stdout'), stderr: isOn(query, 'error', 'stderr') && !tty, tty };
  if (!streams.stdin && !streams.stdout && !streams.stderr) throw new HttpFailure(400, 'you must specify at least 1 of stdin, stdout, stderr');
  return streams;
}

/** Paths are <namespace>/<pod>/<container> or <namespace>/<pod>/<uid>/<container>. */
function target(segments: readonly string[], { workers }: SessionTools): { id: string } {
  const [namespace, name, third, fourth] = segments;
  const container = fourth ?? third ?? '';
  return { id: runningContainer(findPod(workers, fourth === undefined ? [namespace, name] : [namespace, name, third]), container) };
}

export async function execSession(exchange: Exchange, segments: readonly string[], query: URLSearchParams, tools: SessionTools): Promise<void> {
  const { id } = target(segments, tools);
  await proxyUpgrade(exchange, await tools.runtime.exec({ containerId: id, cmd: query.getAll('command'), ...streamsOf(query) }));
}

export async function attachSession(exchange: Exchange, segments: readonly string[], query: URLSearchParams, tools: SessionTools): Promise<void> {
  const { id } = target(segments, tools);
  await proxyUpgrade(exchange, await tools.runtime.attach({ containerId: id, ...streamsOf(query) }));
}

export async function portForwardSession(exchange: Exchange, segments: readonly string[], tools: SessionTools): Promise<void> {
  await proxyUpgrade(exchange, await portForwardUrl(segments, tools));
}

/** The address of the session itself: for whoever translates another protocol to it. */
export async function portForwardUrl(segments: readonly string[], { workers, runtime }: SessionTools): Promise<string> {
  const pod = findPod(workers, segments);
  const [sandbox] = await runtime.listPodSandboxes({ labelSelector: { [podUidLabel]: pod.metadata.uid ?? '' }, state: { state: 0 } });
  if (!sandbox) throw new HttpFailure(500, `unable to forward port because pod is not running. Current status=${pod.status?.phase ?? 'Pending'}`);
  return runtime.portForward({ podSandboxId: sandbox.id });
}

/** POST /run: a command without a session; its output is the answer. */
export async function runCommand(exchange: Exchange, segments: readonly string[], query: URLSearchParams, tools: SessionTools): Promise<void> {
  const { id } = target(segments, tools);
  const answer = await tools.runtime.execSync(id, (query.get('cmd') ?? '').split(' ').filter(Boolean), 0);
  exchange.respond(200, { 'content-type': 'text/plain' }, Buffer.concat([answer.stdout, answer.stderr]));
}

/** Sends the request on, upgrade and all, and joins the two connections; an answer that is no upgrade is handed back. */
export async function proxyUpgrade(exchange: Exchange, url: string): Promise<void> {
  if (!exchange.upgrade) throw new HttpFailure(400, 'unable to upgrade: missing upgrade headers in request');
  const pairs = exchange.headers.pairs();
  const headers: Record<string, string[]> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = (pairs[i] ?? '').toLowerCase();
    if (name !== 'host' && name !== 'authorization') (headers[name] ??= []).push(pairs[i + 1] ?? '');
  }
  const sent = httpRequest(url, { method: exchange.method, headers, agent: false });
  const answer = await new Promise<{ response: IncomingMessage; socket?: Duplex; head?: Buffer }>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('upgrade', (response, socket, head) => resolve({ response, socket, head }));
    sent.on('response', (response) => resolve({ response }));
    sent.end();
  });
  if (!answer.socket) return handBack(exchange, answer.response);
  switchProtocols(exchange, headersOf(answer.response));
  await join(exchange.upgrade.socket, exchange.upgrade.head, answer.socket, answer.head ?? Buffer.alloc(0));
}

function headersOf(response: IncomingMessage): ResponseHeaders {
  return Object.fromEntries(Object.entries(response.headersDistinct).map(([name, values]) => [name, values ?? []]));
}

async function handBack(exchange: Exchange, response: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  exchange.respond(response.statusCode ?? 502, { 'content-type': response.headers['content-type'] ?? 'text/plain' }, Buffer.concat(chunks));
}

/** Resolves when both directions have ended. */
function join(client: Duplex, clientHead: Buffer, runtime: Duplex, runtimeHead: Buffer): Promise<void> {
  if (runtimeHead.length > 0) client.write(runtimeHead);
  if (clientHead.length > 0) runtime.write(clientHead);
  client.pipe(runtime);
  runtime.pipe(client);
  return new Promise((resolve) => {
    let open = 2;
    const closed = (other: Duplex) => (): void => {
      other.destroy();
      open -= 1;
      if (open === 0) resolve();
    };
    client.on('error', () => runtime.destroy()).on('close', closed(runtime));
    runtime.on('error', () => client.destroy()).on('close', closed(client));
  });
}
