/** `k8ts up`: a cluster in the background, ready when the command returns. */
import { systemClock } from '../../base/clock.ts';
import type { DataDirectory } from '../../cluster/data-directory.ts';
import { startInBackground } from '../background.ts';
import { namedFolder, openFolder } from '../data-folder.ts';
import { Failure } from '../failure.ts';
import { parseInstanceOptions, type InstanceOptions, type RawOptions } from '../instance-options.ts';
import { ensurePrograms } from '../install/ensure-programs.ts';
import { installProgram } from '../installed-program.ts';
import { checkListenAddress } from '../listen-address.ts';
import { checkKubeconfig } from '../publish-kubeconfig.ts';
import { runningServer, type ServerState } from '../server-state.ts';
import { Steps } from '../steps.ts';

export async function up(raw: RawOptions): Promise<number> {
  const options = parseInstanceOptions(raw);
  const running = runningServer(namedFolder(options.dataDir));
  if (running) return describeRunning(running, raw, namedFolder(options.dataDir));
  const target = checkKubeconfig(options.kubeconfig);
  await checkListenAddress(options);
  const { directory } = openFolder(options.dataDir, { temporary: false });
  const steps = new Steps(process.stdout, systemClock);
  process.stdout.write(`Starting ${options.name} in ${directory.root}\n`);
  await ensurePrograms({ node: !options.noNode, directory, steps });
  const program = await steps.run('copying the program', async () => installProgram(directory), ({ changed }) => (changed ? 'program copied' : 'program is in place'));
  const server = startInBackground(program, { ...raw, kubeconfig: target }, directory);
  await steps.run('starting the API server', () => server.apiReady, (port) => `API server answers on https://127.0.0.1:${port}`);
  const state = await waitForAll(steps, options, server.ready);
  process.stdout.write(closingWords(state, steps.elapsed()));
  return 0;
}

const nodePatienceMs = 180_000;

function waitForAll(steps: Steps, { noNode, nodeName }: InstanceOptions, ready: Promise<ServerState>): Promise<ServerState> {
  if (noNode) return ready;
  return steps.run(`waiting for node ${nodeName}`, () => within(ready, nodePatienceMs, `node ${nodeName} is not Ready yet; the server goes on trying: see k8ts status and k8ts logs`), () => `node ${nodeName} is Ready`);
}

function within<T>(work: Promise<T>, ms: number, otherwise: string): Promise<T> {
  const late = Promise.withResolvers<T>();
  const timer = systemClock.after(ms, () => late.reject(new Failure(otherwise)));
  return Promise.race([work, late.promise]).finally(() => timer.cancel());
}

function closingWords(state: ServerState, elapsed: string): string {
  const node = state.options['no-node'] !== 'true';
  return `Ready after ${elapsed}. kubectl's context is ${state.context} (in ${state.kubeconfig ?? 'no file'}). Try:

    kubectl ${node ? 'get pods --all-namespaces' : 'get namespaces'}
    kubectl ${node ? 'create deployment hello --image=nginx' : 'create configmap hello --from-literal=from=k8ts'}
`;
}

/** Nothing is changed on a running cluster; flags that ask for something else are named. */
function describeRunning(state: ServerState, raw: RawOptions, directory: DataDirectory): number {
  const differing = differingFlags(state, raw);
  const where = state.ready ? `is running on ${state.server}, context ${state.context}` : 'is being started by another process';
  if (differing.length > 0) {
    throw new Failure(`the cluster in ${directory.root} ${where}, with ${differing.join(' and ')}; nothing was changed (k8ts down ends it, then up takes new flags)`);
  }
  process.stdout.write(`The cluster in ${directory.root} ${where}; nothing to do.\n`);
  return 0;
}

/** Only flags that were given count: without any, whatever runs is what was asked for. */
function differingFlags(state: ServerState, raw: RawOptions): string[] {
  const differing: string[] = [];
  for (const [name, wanted] of Object.entries(raw)) {
    if (name === 'data-dir' || name === 'kubeconfig' || wanted === undefined) continue;
    const has = name === 'port' && state.ready ? [state.options['port'], String(state.port)] : [state.options[name] ?? 'false'];
    if (!has.includes(wanted)) differing.push(`--${name} ${has.at(-1) ?? ''} instead of ${wanted}`);
  }
  return differing;
}
