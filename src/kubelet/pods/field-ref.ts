/** Values of a Pod's own fields and resources, for environments and downward API volumes. */
import type { Container, Pod, ResourceFieldSelector } from '../../resources/types/core-v1.ts';
import { amount, millis } from '../amounts.ts';

export interface PodFacts {
  readonly nodeName: string;
  readonly hostIPs: readonly string[];
  readonly podIPs: readonly string[];
  /** The node's allocatable amounts: what an absent limit counts as. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** Throws an Error naming the path where it is not one that can be referred to. */
export function fieldValue(pod: Pod, path: string, facts: PodFacts): string {
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name ?? '';
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return facts.nodeName;
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.hostIP':
      return facts.hostIPs[0] ?? '';
    case 'status.hostIPs':
      return facts.hostIPs.join(',');
    case 'status.podIP':
      return facts.podIPs[0] ?? '';
    case 'status.podIPs':
      return facts.podIPs.join(',');
    default:
      throw new Error(`unsupported fieldPath: ${path}`);
  }
}

/** key="value" lines, sorted. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join('\n');
}

/** `container` is the one the value is for; the selector may name another. Throws an Error for an unknown container or resource. */
export function resourceValue(pod: Pod, selector: ResourceFieldSelector, container: Container | undefined, facts: PodFacts): string {
  const name = selector.containerName ?? container?.name;
  const target = selector.containerName === undefined && container ? container : [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((candidate) => candidate.name === name);
  if (!target) throw new Error(`container ${name ?? ''} not found`);
  const [side, resource = ''] = splitOnce(selector.resource);
  if (side !== 'limits' && side !== 'requests') throw new Error(`unsupported container resource : ${selector.resource}`);
  const own = target.resources?.[side]?.[resource];
  const quantity = own ?? (side === 'limits' ? facts.allocatable[resource] : target.resources?.limits?.[resource]) ?? '0';
  const divisor = amount(selector.divisor) || 1;
  if (resource === 'cpu') return String(Math.ceil(millis(quantity) / Math.round(divisor * 1000)));
  return String(Math.ceil(amount(quantity) / divisor));
}

function splitOnce(text: string): [string, string | undefined] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)];
}
