/** `k8ts agent`: a node in the foreground, for a cluster whose server runs elsewhere, until it is told to stop. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../base/clock.ts';
import { createLogger } from '../../base/log.ts';
import { messageOf } from '../../base/errors.ts';
import { startAgent } from '../../cluster/agent/agent.ts';
import { readAccess, type ClusterAccess } from '../../cluster/kubeconfig-access.ts';
import { waitForReadyNode } from '../../cluster/node-ready.ts';
import { agentText, parseAgentOptions } from '../agent-options.ts';
import { openFolder } from '../data-folder.ts';
import { Failure, usageError } from '../failure.ts';
import { lineFormatter } from '../log-lines.ts';
import type { RawOptions } from '../option-rows.ts';
import { registriesOf } from '../registries-file.ts';
import { ownIdentity, runningServer, writeServerState, type ServerState } from '../server-state.ts';
import { StopRequest } from '../stop-request.ts';
import { programVersion } from '../version.ts';

/** Prints the node's name once it is Ready. */
export async function agent(raw: RawOptions): Promise<number> {
  const { nodeName, clusterCidr, node } = parseAgentOptions(raw);
  const access = accessOf(raw);
  const { directory } = openFolder(raw['data-dir'], { temporary: false });
  const registries = registriesOf(raw['registries'], directory);
  const running = runningServer(directory);
  if (running) throw new Failure(`an instance already runs in ${directory.root} (process ${running.process.pid}): end it with k8ts down, or choose another folder with --data-dir`);
  const format = lineFormatter('text', process.stderr.isTTY === true);
  const logger = createLogger((line) => void process.stderr.write(format(line, systemClock.now())), 'info');
  const stop = new StopRequest(logger);
  const state = describe(access, raw);
  writeServerState(directory, state);
  try {
    const started = await startAgent({ directory, ...access, nodeName, clusterCidr, registries, resolvConf: raw['resolv-conf'], settings: node, logger, version: programVersion, signal: stop.signal });
    try {
      writeServerState(directory, { ...state, ready: true, ports: { kubelet: String(started.node.port) } });
      await waitForReadyNode(started.client, nodeName, stop.signal);
      process.stdout.write(`${nodeName}\n`);
      return await stop.requested;
    } finally {
      await started.close();
    }
  } catch (error) {
    if (stop.signal.aborted) return await stop.requested;
    throw error;
  } finally {
    stop.close();
  }
}

function accessOf({ kubeconfig, server, token, ca }: RawOptions): ClusterAccess {
  if (kubeconfig !== undefined) {
    if (server !== undefined || token !== undefined) throw usageError('--kubeconfig says all that --server and --token say: give one or the other');
    try {
      return readAccess(kubeconfig);
    } catch (error) {
      throw new Failure(`--kubeconfig ${kubeconfig} cannot be used: ${messageOf(error)}`, { cause: error, exitCode: 2 });
    }
  }
  if (server === undefined || token === undefined) throw usageError('agent needs --kubeconfig FILE, or --server URL and --token TOKEN');
  return { server, ca: ca === undefined ? undefined : readFileSync(ca, 'utf8'), credentials: { token: () => token } };
}

function describe({ server }: ClusterAccess, raw: RawOptions): ServerState {
  return { process: ownIdentity(), version: programVersion, ready: false, startedAt: new Date(systemClock.now()).toISOString(), port: 0, server, context: '', kubeconfig: undefined, background: false, options: agentText(raw), ports: {} };
}
