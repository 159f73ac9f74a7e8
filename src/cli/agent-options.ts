/** What `k8ts agent` can be told. */
import { hostname } from 'node:os';
import type { NodeSettings } from '../cluster/node-settings.ts';
import { checkMachine, nodeOptions, parseNodeOptions } from './node-options.ts';
import { textInForce, type InstanceOption, type RawOptions } from './option-rows.ts';
import { parseCidr, parseNodeName } from './option-values.ts';

export const agentOptions: readonly InstanceOption[] = [
  { name: 'data-dir', value: 'DIR', isPath: true, help: 'the instance (default: /var/lib/k8ts)' },
  { name: 'kubeconfig', value: 'FILE', isPath: true, help: 'how to reach the cluster, and as whom' },
  { name: 'server', value: 'URL', help: 'the API server, in place of --kubeconfig' },
  { name: 'token', value: 'TOKEN', help: 'as whom, with --server' },
  { name: 'ca', value: 'FILE', isPath: true, help: "the cluster's authority, with --server" },
  { name: 'node-name', value: 'NAME', help: "this machine's name as a node (default: its host name)", fallback: () => hostname().toLowerCase() },
  { name: 'cluster-cidr', value: 'CIDR', help: 'range of Pod addresses (default: a free one)' },
  { name: 'registries', value: 'FILE', isPath: true, help: 'mirrors and credentials of image registries, in the form of k3s' },
  { name: 'resolv-conf', value: 'FILE', isPath: true, help: 'where names outside of the cluster are asked (default: /etc/resolv.conf)' },
  ...nodeOptions,
];

export interface AgentOptions {
  readonly nodeName: string;
  readonly clusterCidr: string | undefined;
  readonly node: NodeSettings;
}

/** Throws usage errors. */
export function parseAgentOptions(raw: RawOptions): AgentOptions {
  const node = parseNodeOptions(raw);
  checkMachine(node);
  return {
    nodeName: parseNodeName('--node-name', raw['node-name'] ?? hostname().toLowerCase()),
    clusterCidr: raw['cluster-cidr'] === undefined ? undefined : parseCidr('--cluster-cidr', raw['cluster-cidr']),
    node,
  };
}

/** What `status` shows: without the token. */
export function agentText(raw: RawOptions): Record<string, string> {
  return textInForce(agentOptions.filter(({ name }) => name !== 'token'), raw);
}
