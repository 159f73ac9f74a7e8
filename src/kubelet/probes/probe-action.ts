/** One probing of one container. Upstream: pkg/kubelet/prober/prober.go, pkg/probe */
import { connect } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Container, Probe } from '../../resources/types/core-v1.ts';
import { isRuntimeTimeout } from '../cri/channel.ts';
import type { RuntimeService } from '../cri/runtime-service.ts';
import { expand } from '../pods/expansion.ts';
import { grpcHealth } from './grpc-health.ts';
import { httpGet, resolvePort } from './http-get.ts';

export interface ProbeResult {
  readonly outcome: 'success' | 'failure' | 'warning' | 'error';
  readonly output: string;
}

export interface ProbeTarget {
  readonly containerId: string;
  readonly container: Container;
  readonly podIP: string;
}

export interface ProbeTools {
  readonly runtime: Pick<RuntimeService, 'execSync'>;
  readonly clock: Clock;
  readonly userAgent: string;
}

/** Never throws: what cannot be asked is an `error`, which counts for nothing. */
export async function runProbe(probe: Probe, target: ProbeTarget, tools: ProbeTools): Promise<ProbeResult> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.exec) return await execProbe(probe.exec.command ?? [], probe.timeoutSeconds ?? 1, target, tools);
    if (probe.httpGet) return await httpProbe(probe, target, tools, timeoutMs);
    if (probe.tcpSocket) return await tcpProbe(probe.tcpSocket.host || target.podIP, resolvePort(probe.tcpSocket.port as number | string, target.container), timeoutMs, tools.clock);
    if (probe.grpc) {
      const { healthy, message } = await grpcHealth(`${target.podIP}:${probe.grpc.port}`, probe.grpc.service ?? '', timeoutMs, tools.clock);
      return { outcome: healthy ? 'success' : 'failure', output: message };
    }
    return { outcome: 'error', output: 'missing probe handler' };
  } catch (error) {
    return { outcome: 'error', output: messageOf(error) };
  }
}

async function execProbe(command: readonly string[], timeoutSeconds: number, target: ProbeTarget, { runtime }: ProbeTools): Promise<ProbeResult> {
  const environment = new Map((target.container.env ?? []).map(({ name, value }) => [name, value]));
  const words = command.map((word) => expand(word, (name) => environment.get(name)));
  try {
    const answer = await runtime.execSync(target.containerId, words, timeoutSeconds);
    const output = Buffer.concat([answer.stdout, answer.stderr]).toString('utf8').slice(0, 10 * 1024);
    return { outcome: answer.exitCode === 0 ? 'success' : 'failure', output };
  } catch (error) {
    if (isRuntimeTimeout(error) || /timeout .* exceeded|context deadline/.test(messageOf(error))) {
      return { outcome: 'failure', output: `command timed out: "${words.join(' ')}" timed out after ${timeoutSeconds}s` };
    }
    throw error;
  }
}

async function httpProbe(probe: Probe, target: ProbeTarget, { clock, userAgent }: ProbeTools, timeoutMs: number): Promise<ProbeResult> {
  if (!probe.httpGet) return { outcome: 'error', output: 'missing probe handler' };
  try {
    const answer = await httpGet(probe.httpGet, { podIP: target.podIP, container: target.container, timeoutMs, clock, userAgent });
    if (answer.redirectedAway === true) return { outcome: 'warning', output: `Probe terminated redirects, Response body: ${answer.body}` };
    if (answer.status >= 200 && answer.status < 400) return { outcome: 'success', output: answer.body };
    return { outcome: 'failure', output: `HTTP probe failed with statuscode: ${answer.status}` };
  } catch (error) {
    if (messageOf(error).startsWith('couldn')) throw error;
    return { outcome: 'failure', output: messageOf(error) };
  }
}

function tcpProbe(host: string, port: number, timeoutMs: number, clock: Clock): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: ProbeResult): void => {
      timer.cancel();
      socket.destroy();
      resolve(result);
    };
    const timer = clock.after(timeoutMs, () => end({ outcome: 'failure', output: `dial tcp ${host}:${port}: i/o timeout` }));
    socket.on('connect', () => end({ outcome: 'success', output: '' }));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end({ outcome: 'failure', output: `dial tcp ${host}:${port}: ${error.code === 'ECONNREFUSED' ? 'connect: connection refused' : error.message}` }));
  });
}
