/** What an instance can be told: one row an option. */
import { hostname } from 'node:os';
import type { NodeSettings } from '../cluster/node-settings.ts';
import type { StageSet } from '../cluster/stage-sets.ts';
import { parseAddress, parseBoolean, parseCidr, parseCompat, parseCount, parseDatastore, parseName, parseNodeName, parsePort, parseStageSet, type Datastore } from './option-values.ts';
import { usageError } from './failure.ts';
import { rangesOverlap } from './ip-range.ts';
import { checkMachine, nodeOptions, parseNodeOptions } from './node-options.ts';
import { rawFromRows, textInForce, type InstanceOption, type RawOptions } from './option-rows.ts';

export type { RawOptions } from './option-rows.ts';

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
  readonly simulatedStages: StageSet;
  /** A file with a KubeSchedulerConfiguration. */
  readonly schedulerConfig: string | undefined;
  readonly datastore: Datastore;
  readonly compat: readonly string[];
  readonly tutorial: boolean;
  /** A file in the form of k3s's registries.yaml, or a configuration file that has the same as an entry. */
  readonly registries: string | undefined;
  /** Names the DNS servers that are asked about names outside of the cluster. */
  readonly resolvConf: string;
  /** What the node agent is told. */
  readonly node: NodeSettings;
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
  { name: 'simulated-stages', value: 'SET', help: 'how their Pods live: fast (they run at once), or general (each step takes seconds)', fallback: () => 'fast' },
  { name: 'scheduler-config', value: 'FILE', isPath: true, help: "the scheduler's profiles, a KubeSchedulerConfiguration" },
  { name: 'datastore', value: 'KIND', help: 'memory, sqlite, or the address of an etcd', fallback: () => 'sqlite' },
  { name: 'compat', value: 'NAME,...', help: 'behave as older clusters did, see docs/compatibility.md', fallback: () => '' },
  { name: 'registries', value: 'FILE', isPath: true, help: 'mirrors and credentials of image registries, in the form of k3s (default: DIR/registries.yaml where it exists)' },
  { name: 'resolv-conf', value: 'FILE', isPath: true, help: 'where names outside of the cluster are asked', fallback: () => '/etc/resolv.conf' },
  { name: 'tutorial', help: 'every --compat setting at once' },
  ...nodeOptions,
];

const known = new Map(instanceOptions.map((option) => [option.name, option]));

/** A configuration file's content: see rawFromRows. */
export const rawFromConfig = (file: string, content: unknown): RawOptions => rawFromRows(instanceOptions, file, content);

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
    simulatedStages: parseStageSet(flag('simulated-stages'), text('simulated-stages')),
    schedulerConfig: raw['scheduler-config'],
    datastore: parseDatastore(flag('datastore'), text('datastore')),
    compat: parseCompat(flag('compat'), text('compat')),
    tutorial: parseBoolean(flag('tutorial'), text('tutorial')),
    registries: raw['registries'],
    resolvConf: text('resolv-conf'),
    node: parseNodeOptions(raw),
  };
  if (rangesOverlap(options.clusterCidr, options.serviceCidr)) {
    throw usageError(`--cluster-cidr ${options.clusterCidr} and --service-cidr ${options.serviceCidr} overlap: choose ranges apart from each other`);
  }
  if (!options.noNode) checkMachine(options.node);
  return options;
}

/** Every option's text as it is in force, for comparison and for `status`. */
export const effectiveText = (raw: RawOptions): Record<string, string> => textInForce(instanceOptions, raw);

/** The command line that says the same. */
export function asArguments(raw: RawOptions): string[] {
  return instanceOptions.flatMap(({ name, value }) => {
    const text = raw[name];
    if (text === undefined) return [];
    if (value === undefined) return text === 'true' ? [`--${name}`] : [];
    return [`--${name}`, text];
  });
}
