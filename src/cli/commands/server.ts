/** `k8ts server`: an instance in the foreground, until it is told to stop. */
import { writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { systemClock } from '../../base/clock.ts';
import { createLogger, type Logger, type LogLevel } from '../../base/log.ts';
import type { DataDirectory } from '../../cluster/data-directory.ts';
import { formatKubeconfig } from '../../cluster/kubeconfig.ts';
import { waitForReadyNode } from '../../cluster/node-ready.ts';
import type { RunningServer } from '../../cluster/server.ts';
import { namedFolder, openFolder } from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { collectWhenIdle } from '../idle-memory.ts';
import { effectiveText, parseInstanceOptions, type InstanceOptions, type RawOptions } from '../instance-options.ts';
import { startInstance, type Instance } from '../instance.ts';
import { checkListenAddress } from '../listen-address.ts';
import { checkKubeconfig, publishKubeconfig } from '../publish-kubeconfig.ts';
import { LogFile } from '../log-file.ts';
import { lineFormatter, type LogFormat } from '../log-lines.ts';
import { tellStarter } from '../progress.ts';
import { ownIdentity, runningServer, writeServerState, type ServerState } from '../server-state.ts';
import { StopRequest } from '../stop-request.ts';
import { programVersion } from '../version.ts';

export interface ServerCommand {
  readonly raw: RawOptions;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  /** Set for a server in the background: lines go to DIR/server.log, which rotates, and progress to the process that started it. */
  readonly background: boolean;
}

/** Resolves with the exit code when the server has ended. */
export async function server(command: ServerCommand): Promise<number> {
  const options = parseInstanceOptions(command.raw);
  const passing = options.noNode && options.datastore === 'memory' && options.dataDir === undefined;
  if (!passing) refuseSecond(namedFolder(options.dataDir));
  await checkListenAddress(options);
  const folder = openFolder(options.dataDir, { temporary: passing });
  const { directory } = folder;
  try {
    const target = passing && options.kubeconfig === undefined ? undefined : checkKubeconfig(options.kubeconfig);
    const logger = openLogger(command, directory);
    const stop = new StopRequest(logger);
    const state = describe(command, options);
    writeServerState(directory, state);
    try {
      const instance = await startInstance(options, {
        directory,
        logger,
        onApiReady: ({ port }) => {
          logger.info('the API is ready', { port, ms: Math.round(systemClock.monotonic()) });
          tellStarter({ type: 'api-ready', port });
        },
        onFailure: (error) => stop.fail(error),
        signal: stop.signal,
      });
      const collector = collectWhenIdle(systemClock);
      try {
        await announce({ nodeName: options.nodeName, instance, directory, state, target, logger, stop });
        return await stop.requested;
      } finally {
        collector.cancel();
        logger.info('stopping');
        await instance.close();
        logger.info('stopped');
      }
    } catch (error) {
      if (stop.signal.aborted) return await stop.requested;
      throw error;
    } finally {
      stop.close();
    }
  } finally {
    folder.discard();
  }
}

function refuseSecond(directory: DataDirectory): void {
  const running = runningServer(directory);
  if (running) throw new Failure(`a cluster already runs in ${directory.root} (process ${running.process.pid}): end it with k8ts down, or choose another folder with --data-dir`);
}

function describe(command: ServerCommand, options: InstanceOptions): ServerState {
  return {
    process: ownIdentity(),
    version: programVersion,
    ready: false,
    startedAt: new Date(systemClock.now()).toISOString(),
    port: options.port,
    server: '',
    context: options.name,
    kubeconfig: undefined,
    background: command.background,
    options: effectiveText(command.raw),
    ports: {},
  };
}

interface Announcement {
  readonly nodeName: string;
  readonly instance: Instance;
  readonly directory: DataDirectory;
  readonly state: ServerState;
  readonly target: string | undefined;
  readonly logger: Logger;
  readonly stop: StopRequest;
}

/** Writes the kubeconfigs and says that the cluster is ready: to the log, to stdout, and to whoever started this process. */
async function announce({ nodeName, instance, directory, state, target, logger, stop }: Announcement): Promise<void> {
  const { server: running, node } = instance;
  writeFileSync(directory.adminKubeconfig, formatKubeconfig(running.kubeconfig), { mode: 0o600 });
  if (target !== undefined) publishKubeconfig(target, running.kubeconfig);
  const now: ServerState = { ...state, ready: true, port: running.port, server: `https://127.0.0.1:${running.port}`, kubeconfig: target, ports: { api: String(running.port), ...(node && { kubelet: String(node.port) }) } };
  writeServerState(directory, now);
  if (node && !(await becomesReady(running, nodeName, stop))) return;
  if (!state.background) process.stdout.write(`${directory.adminKubeconfig}\n`);
  logger.info('the cluster is ready', { ms: Math.round(systemClock.monotonic()) });
  tellStarter({ type: 'ready', state: now });
  flushCompileCache();
}

/** False when the server is to stop before its node is Ready. */
async function becomesReady({ controlPlane }: RunningServer, nodeName: string, stop: StopRequest): Promise<boolean> {
  try {
    await waitForReadyNode(controlPlane.client, nodeName, stop.signal);
    return true;
  } catch (error) {
    if (stop.signal.aborted) return false;
    throw error;
  }
}

function openLogger({ background, logFormat, logLevel }: ServerCommand, directory: DataDirectory): Logger {
  const format = lineFormatter(logFormat, !background && process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined);
  if (!background) return createLogger((line) => void process.stderr.write(format(line, systemClock.now())), logLevel);
  const file = new LogFile(directory.log);
  return createLogger((line) => file.write(format(line, systemClock.now())), logLevel);
}
