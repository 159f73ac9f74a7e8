/**
 * How a Pod finds names: its own host name, its resolv.conf and its /etc/hosts.
 * Upstream: pkg/kubelet/network/dns/dns.go, pkg/kubelet/kubelet_pods.go
 */
import { readFileSync } from 'node:fs';
import type { Pod } from '../../resources/types/core-v1.ts';

export interface DnsSettings {
  /** The cluster's name servers; none where there is no cluster DNS. */
  readonly clusterDns: readonly string[];
  /** 'cluster.local' */
  readonly clusterDomain: string;
  /** The node's own settings, read when a Pod starts. */
  readonly host: () => ResolvConf;
}

export interface ResolvConf {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

const maxSearches = 32;
const maxServers = 3;

export function podHostname(pod: Pod): string {
  const { hostname, hostnameOverride } = pod.spec ?? {};
  return hostnameOverride ?? (hostname ?? pod.metadata.name ?? '').slice(0, 63).replace(/[-.]+$/, '');
}

/** The longest name that the kernel keeps. */
const longestHostname = 64;

/** What the kernel of the Pod is told: the short name, or with setHostnameAsFQDN the full one. Throws an Error where that is too long. */
export function kernelHostname(pod: Pod, clusterDomain: string): string {
  const short = podHostname(pod);
  const domain = podDomain(pod, clusterDomain);
  if (pod.spec?.setHostnameAsFQDN !== true || domain === '') return short;
  const full = `${short}.${domain}`;
  if (full.length > longestHostname) throw new Error(`Failed to construct FQDN from Pod hostname and cluster domain, FQDN ${full} is too long (${longestHostname} characters is the max, ${full.length} characters requested)`);
  return full;
}

/** '<subdomain>.<namespace>.svc.<cluster domain>', or '' where the Pod has no subdomain. */
export function podDomain(pod: Pod, clusterDomain: string): string {
  const { subdomain, hostnameOverride } = pod.spec ?? {};
  return subdomain && !hostnameOverride ? `${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` : '';
}

export function podResolvConf(pod: Pod, settings: DnsSettings): ResolvConf {
  const spec = pod.spec;
  const own: ResolvConf = {
    servers: spec?.dnsConfig?.nameservers ?? [],
    searches: spec?.dnsConfig?.searches ?? [],
    options: (spec?.dnsConfig?.options ?? []).map(({ name = '', value }) => (value ? `${name}:${value}` : name)),
  };
  const base = baseResolvConf(pod, settings);
  const optionNames = new Set(own.options.map((option) => option.split(':')[0]));
  return {
    servers: unique([...base.servers, ...own.servers]).slice(0, maxServers),
    searches: unique([...base.searches, ...own.searches]).slice(0, maxSearches),
    options: [...base.options.filter((option) => !optionNames.has(option.split(':')[0])), ...own.options],
  };
}

function baseResolvConf(pod: Pod, settings: DnsSettings): ResolvConf {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return { servers: [], searches: [], options: [] };
  const host = settings.host();
  const cluster = settings.clusterDns.length > 0 && (policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && pod.spec?.hostNetwork !== true));
  if (!cluster) return host;
  const domain = settings.clusterDomain;
  return {
    servers: settings.clusterDns,
    searches: [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain, ...host.searches],
    options: ['ndots:5'],
  };
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];

export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let searches: string[] = [];
  let options: string[] = [];
  for (const line of text.split('\n')) {
    const [key, ...values] = line.trim().split(/\s+/);
    if (key === 'nameserver' && values[0]) servers.push(values[0]);
    else if (key === 'search' || key === 'domain') searches = values.filter((value) => value !== '.').map((value) => value.replace(/\.$/, ''));
    else if (key === 'options') options = values;
  }
  return { servers, searches, options };
}

const usualFile = '/etc/resolv.conf';

/**
 * The node's settings, from the file that was named for it. Where the usual file names only a local stub, those behind it: a Pod's own
 * loopback has no resolver.
 */
export function hostResolvConf(file = usualFile): ResolvConf {
  const usual = readResolvConf(file);
  if (file !== usualFile) return usual;
  const stub = usual.servers.every((server) => server.startsWith('127.') || server === '::1');
  const behind = stub ? readResolvConf('/run/systemd/resolve/resolv.conf') : usual;
  return behind.servers.length > 0 ? behind : usual;
}

function readResolvConf(file: string): ResolvConf {
  try {
    return parseResolvConf(readFileSync(file, 'utf8'));
  } catch {
    return { servers: [], searches: [], options: [] };
  }
}

/** `hostsOfNode` is the node's own file, which a Pod on the node's network sees with its aliases added. */
export function hostsFile(pod: Pod, ips: readonly string[], clusterDomain: string, hostsOfNode: () => string): string {
  return (pod.spec?.hostNetwork === true ? `# Kubernetes-managed hosts file (host network).\n${hostsOfNode()}` : ownHosts(pod, ips, clusterDomain)) + aliases(pod);
}

function ownHosts(pod: Pod, ips: readonly string[], clusterDomain: string): string {
  const name = podHostname(pod);
  const domain = podDomain(pod, clusterDomain);
  const names = domain === '' ? name : `${name}.${domain}\t${name}`;
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...ips.map((ip) => `${ip}\t${names}`),
    '',
  ].join('\n');
}

function aliases(pod: Pod): string {
  const list = pod.spec?.hostAliases ?? [];
  if (list.length === 0) return '';
  return ['', '# Entries added by HostAliases.', ...list.map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}`), ''].join('\n');
}
