/** GET /containerLogs/<namespace>/<pod>/<container>. Upstream: pkg/kubelet/server/server.go, pkg/kubelet/kubelet_pods.go */
import type { Clock } from '../../base/clock.ts';
import { codeOf } from '../../base/errors.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { Exchange } from '../../transport/exchange.ts';
import { isRuntimeNotFound } from '../cri/channel.ts';
import { ContainerState } from '../cri/messages.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import { readLog, type LogReadOptions } from '../logs/log-reader.ts';
import { allContainers } from '../pods/pod-containers.ts';
import type { PodWorkers } from '../pods/pod-workers.ts';
import { bareId, containerStatusOf, findPod } from './find-container.ts';
import { HttpFailure } from './http-failure.ts';

export interface LogTools {
  readonly workers: PodWorkers;
  readonly runtime: RuntimeService;
  readonly clock: Clock;
  /** The log file of a container that no runtime runs. */
  readonly inProcessLog?: ((namespace: string, pod: string, container: string) => string | undefined) | undefined;
}

export async function containerLogs(exchange: Exchange, segments: readonly string[], query: URLSearchParams, tools: LogTools): Promise<void> {
  const [namespace = '', name = '', container = ''] = segments;
  const inProcess = tools.inProcessLog?.(namespace, name, container);
  if (inProcess !== undefined) {
    if (isSet(query, 'previous')) throw new HttpFailure(400, `previous terminated container "${container}" in pod "${name}" not found`);
    await send(exchange, readLog(inProcess, { ...readOptions(exchange, query, tools.clock), running: async () => true }));
    return;
  }
  const pod = findPod(tools.workers, [namespace, name]);
  if (!allContainers(pod).some(({ spec }) => spec.name === container)) throw new HttpFailure(404, `container "${container}" not found in pod "${name}"`);
  const id = logContainer(pod, container, isSet(query, 'previous'));
  const { runtime, clock } = tools;
  const status = await runtime.containerStatus(id).catch((error: unknown) => {
    if (isRuntimeNotFound(error)) throw new HttpFailure(404, `unable to retrieve container logs for containerd://${id}`);
    throw error;
  });
  const lines = readLog(status.logPath, {
    ...readOptions(exchange, query, clock),
    running: async () => {
      try {
        return (await runtime.containerStatus(id)).state === ContainerState.RUNNING;
      } catch {
        return false;
      }
    },
  });
  await send(exchange, lines);
}

/** What a request asks of the log, but for whether more can come. */
function readOptions(exchange: Exchange, query: URLSearchParams, clock: Clock): LogReadOptions {
  const stream = query.get('stream')?.toLowerCase();
  return {
    tailLines: wholeNumber(query, 'tailLines'),
    limitBytes: wholeNumber(query, 'limitBytes'),
    since: since(query, clock),
    timestamps: isSet(query, 'timestamps'),
    follow: isSet(query, 'follow'),
    stream: stream === 'stdout' || stream === 'stderr' ? stream : undefined,
    clock,
    signal: exchange.signal,
  };
}

async function send(exchange: Exchange, lines: AsyncIterable<Buffer>): Promise<void> {
  const output = exchange.stream(200, { 'content-type': 'text/plain' });
  try {
    for await (const line of lines) {
      if (output.closed) return;
      if (!output.write(line)) await output.drained();
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  } finally {
    output.end();
  }
}

/** The container whose log is meant: the one that runs, in back-off the last that ran, with `previous` the one before. */
function logContainer(pod: Pod, container: string, previous: boolean): string {
  const status = containerStatusOf(pod, container);
  const title = `in pod "${pod.metadata.name}"`;
  const last = bareId(status?.lastState?.terminated?.containerID);
  if (previous) {
    if (last === undefined) throw new HttpFailure(400, `previous terminated container "${container}" ${title} not found`);
    return last;
  }
  const { waiting, running, terminated } = status?.state ?? {};
  const id = running ? bareId(status?.containerID) : terminated ? (bareId(terminated.containerID) ?? last) : last;
  if (id !== undefined && id !== '') return id;
  switch (waiting?.reason) {
    case 'ErrImagePull':
      throw new HttpFailure(400, `container "${container}" ${title} is waiting to start: image can't be pulled`);
    case 'ImagePullBackOff':
      throw new HttpFailure(400, `container "${container}" ${title} is waiting to start: trying and failing to pull image`);
    default:
      throw new HttpFailure(400, `container "${container}" ${title} is waiting to start: ${waiting?.reason ?? 'ContainerCreating'}`);
  }
}

function isSet(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== 'false' && value !== '0';
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^\d+$/.test(value)) throw new HttpFailure(422, `invalid ${name}: ${value}`);
  return Number(value);
}

function since(query: URLSearchParams, clock: Clock): number | undefined {
  const time = query.get('sinceTime');
  if (time) return Date.parse(time);
  const seconds = wholeNumber(query, 'sinceSeconds');
  return seconds === undefined ? undefined : clock.now() - seconds * 1000;
}
