/**
 * What an instance can be told: one row an option, read alike from the command line and from `--config FILE`.
 * Values stay text until `parseInstanceOptions` has checked them, so that both sources get the same answers.
 */
import { hostname } from 'node:os';
import path from 'node:path';
import { defaultEvictionHard, defaultTransitionSeconds } from '../cluster/eviction-options.ts';
import { parseAddress, parseBoolean, parseCidr, parseCompat, parseCount, parseDatastore, parseName, parseNodeName, parsePort, parseSeconds, parseThreshold, type Datastore } from './option-values.ts';
import { usageError } from './failure.ts';
import { rangesOverlap } from './ip-range.ts';

export interface InstanceOptions {
  /** Undefined: the default, or a folder for this run only (see data-folder.ts). */
  readonly dataDir: string | undefined;
  readonly name: string;
  readonly port: number;
  readonly bind: string;
  readonly nodeName: string;
  readonly kubeconfig: string | undefined;
  readonly clusterCidr: string;
  readonly serviceCidr: string;
  readonly noNode: boolean;
  readonly simulatedNodes: number;
  /** A file with a KubeSchedulerConfiguration. */
  readonly schedulerConfig: string | undefined;
  readonly datastore: Datastore;
  readonly compat: readonly string[];
  readonly tutorial: boolean;
  /** A file in the form of k3s's registries.yaml, or a configuration file that has the same as an entry. */
  readonly registries: string | undefined;
  /** Names the DNS servers that are asked about names outside of the cluster. */
  readonly resolvConf: string;
  /** How much must stay available on the node: 'memory.available<100Mi'. */
  readonly evictionHard: string;
  /** Seconds for which the node stays under pressure after the last time that it was. */
  readonly evictionTransitionSeconds: number;
}

/** Option names as users write them, with the text they gave. */
export type RawOptions = Readonly<Partial<Record<string, string>>>;

export interface InstanceOption {
  readonly name: string;
  /** What stands for the value in the help; undefined for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Whether the value is a path: a relative one counts from where it was written, the folder of the command or of the configuration file. */
  readonly isPath?: boolean;
  readonly fallback?: () => string;
}

export const instanceOptions: readonly InstanceOption[] = [
  { name: 'data-dir', value: 'DIR', isPath: true, help: 'where the instance lives; another folder is another cluster (default: /var/lib/k8ts)' },
  { name: 'name', value: 'NAME', help: 'name of the kubeconfig context', fallback: () => 'k8ts' },
  { name: 'port', value: 'N', help: "the API's port; 0 picks a free one", fallback: () => '6443' },
  { name: 'bind', value: 'ADDR', help: 'address to listen on', fallback: () => '0.0.0.0' },
  { name: 'node-name', value: 'NAME', help: "this machine's name as a node (default: its host name)", fallback: () => hostname().toLowerCase() },
  { name: 'kubeconfig', value: 'FILE', isPath: true, help: 'put the context there (default: $KUBECONFIG or ~/.kube/config)' },
  { name: 'cluster-cidr', value: 'CIDR', help: 'range of Pod addresses', fallback: () => '10.244.0.0/16' },
  { name: 'service-cidr', value: 'CIDR', help: 'range of Service addresses', fallback: () => '10.96.0.0/16' },
  { name: 'no-node', help: 'control plane only: runs on any system, without root' },
  { name: 'simulated-nodes', value: 'N', help: 'add nodes that only pretend to run Pods', fallback: () => '0' },
  { name: 'scheduler-config', value: 'FILE', isPath: true, help: "the scheduler's profiles, a KubeSchedulerConfiguration" },
  { name: 'datastore', value: 'KIND', help: 'memory, sqlite, or the address of an etcd', fallback: () => 'sqlite' },
  { name: 'compat', value: 'NAME,...', help: 'behave as older clusters did, see docs/compatibility.md', fallback: () => '' },
  { name: 'registries', value: 'FILE', isPath: true, help: 'mirrors and credentials of image registries, in the form of k3s (default: DIR/registries.yaml where it exists)' },
  { name: 'resolv-conf', value: 'FILE', isPath: true, help: 'where names outside of the cluster are asked', fallback: () => '/etc/resolv.conf' },
  { name: 'eviction-hard', value: 'SIGNAL<AMOUNT', help: 'evict Pods when less is available, an amount or a share: memory.available<10%', fallback: () => defaultEvictionHard },
  { name: 'eviction-pressure-transition-period', value: 'TIME', help: 'how long the node counts as under pressure afterwards', fallback: () => `${defaultTransitionSeconds / 60}m` },
  { name: 'tutorial', help: 'every --compat setting at once' },
];

const known = new Map(instanceOptions.map((option) => [option.name, option]));

/**
 * Checks a configuration file's content. Throws usage errors that name the file and the entry. Registries that stand in it are named by
 * the file itself: they hold passwords, which have no place on a command line.
 */
export function rawFromConfig(file: string, content: unknown): RawOptions {
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) throw usageError(`${file} is not a list of options such as "port: 6443"`);
  const raw: Record<string, string> = {};
  const folder = path.dirname(path.resolve(file));
  for (const [name, value] of Object.entries(content)) {
    if (!known.has(name)) throw usageError(`${file} has an unknown option "${name}": the names are those of the flags (${[...known.keys()].join(', ')})`);
    if (name === 'registries' && typeof value === 'object') raw[name] = path.resolve(file);
    else if (Array.isArray(value)) raw[name] = value.join(',');
    else if (['string', 'number', 'boolean'].includes(typeof value)) raw[name] = String(value);
    else throw usageError(`${file}: "${name}" needs a plain value`);
  }
  return resolvePaths(raw, folder);
}

/** The same with every path absolute: the server may run in another folder than the command that starts it. */
export function resolvePaths(raw: RawOptions, folder: string): RawOptions {
  return Object.fromEntries(Object.entries(raw).map(([name, text]) => [name, known.get(name)?.isPath === true && text !== undefined ? path.resolve(folder, text) : text]));
}

export function parseInstanceOptions(raw: RawOptions): InstanceOptions {
  const text = (name: string): string => raw[name] ?? known.get(name)?.fallback?.() ?? '';
  const flag = (name: string): string => `--${name}`;
  const options: InstanceOptions = {
    dataDir: raw['data-dir'],
    name: parseName(flag('name'), text('name')),
    port: parsePort(flag('port'), text('port')),
    bind: parseAddress(flag('bind'), text('bind')),
    nodeName: parseNodeName(flag('node-name'), text('node-name')),
    kubeconfig: raw['kubeconfig'],
    clusterCidr: parseCidr(flag('cluster-cidr'), text('cluster-cidr')),
    serviceCidr: parseCidr(flag('service-cidr'), text('service-cidr')),
    noNode: parseBoolean(flag('no-node'), text('no-node')),
    simulatedNodes: parseCount(flag('simulated-nodes'), text('simulated-nodes')),
    schedulerConfig: raw['scheduler-config'],
    datastore: parseDatastore(flag('datastore'), text('datastore')),
    compat: parseCompat(flag('compat'), text('compat')),
    tutorial: parseBoolean(flag('tutorial'), text('tutorial')),
    registries: raw['registries'],
    resolvConf: text('resolv-conf'),
    evictionHard: parseThreshold(flag('eviction-hard'), text('eviction-hard')),
    evictionTransitionSeconds: parseSeconds(flag('eviction-pressure-transition-period'), text('eviction-pressure-transition-period')),
  };
  if (rangesOverlap(options.clusterCidr, options.serviceCidr)) {
    throw usageError(`--cluster-cidr ${options.clusterCidr} and --service-cidr ${options.serviceCidr} overlap: choose ranges apart from each other`);
  }
  return options;
}

/** Every option's text as it is in force, for comparison and for `status`. */
export function effectiveText(raw: RawOptions): Record<string, string> {
  const all: Record<string, string> = {};
  for (const { name, fallback } of instanceOptions) {
    const text = raw[name] ?? fallback?.();
    if (text !== undefined && text !== '') all[name] = text;
  }
  return all;
}

/** The command line that says the same. */
export function asArguments(raw: RawOptions): string[] {
  return instanceOptions.flatMap(({ name, value }) => {
    const text = raw[name];
    if (text === undefined) return [];
    if (value === undefined) return text === 'true' ? [`--${name}`] : [];
    return [`--${name}`, text];
  });
}
