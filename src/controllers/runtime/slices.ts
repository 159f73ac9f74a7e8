/**
 * EndpointSlices of one owner brought to a wanted set of endpoints with few writes: endpoints stay in the slice they are in, new
 * ones fill slices that have room, slices left over are used again before others are made.
 * Upstream: k8s.io/endpointslice/reconciler.go
 */
import type { KubeObject } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import type * as discoveryv1 from '../../resources/types/discovery-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import type { Expectations } from './expectations.ts';
import { triggerTimeAnnotation, withTriggerTime } from './trigger-times.ts';

type Slice = discoveryv1.EndpointSlice;
type Endpoint = discoveryv1.Endpoint;

/** Endpoints that share their ports and family of addresses, and so may share slices. */
export interface EndpointGroup {
  readonly addressType: string;
  readonly ports: readonly discoveryv1.EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

export interface SlicePlan {
  readonly create: readonly Slice[];
  readonly update: readonly Slice[];
  readonly remove: readonly Slice[];
}

interface Filling {
  readonly from: Slice | undefined;
  readonly endpoints: Endpoint[];
  readonly group: EndpointGroup;
}

/** `metadata` is what every slice must carry (labels, owner; annotations where it is written anyway); `most` endpoints fit in a slice. */
export function planSlices(existing: readonly Slice[], groups: readonly EndpointGroup[], metadata: KubeObject['metadata'], most: number): SlicePlan {
  const fillings = new Map<string, Filling[]>();
  const free: Slice[] = [];
  const wanted = new Map(groups.map((group) => [groupKey(group), { group, left: new Map(group.endpoints.map((endpoint) => [endpointKey(endpoint), endpoint])) }]));
  for (const slice of existing) {
    const key = groupKey({ addressType: slice.addressType, ports: slice.ports ?? [] });
    const match = wanted.get(key);
    const kept = match ? (slice.endpoints ?? []).flatMap((endpoint) => take(match.left, endpointKey(endpoint))) : [];
    if (!match || (kept.length === 0 && match.group.endpoints.length > 0)) free.push(slice);
    else fillings.set(key, [...(fillings.get(key) ?? []), { from: slice, endpoints: kept, group: match.group }]);
  }
  for (const [key, { group, left }] of wanted) {
    const slices = fillings.get(key) ?? [];
    fillings.set(key, slices);
    const waiting = [...left.values()];
    for (const slice of [...slices].sort((a, b) => b.endpoints.length - a.endpoints.length)) slice.endpoints.push(...waiting.splice(0, most - slice.endpoints.length));
    while (waiting.length > 0 || slices.length === 0) {
      const reused = free.findIndex((slice) => slice.addressType === group.addressType);
      slices.push({ from: reused < 0 ? undefined : free.splice(reused, 1)[0], endpoints: waiting.splice(0, most), group });
    }
  }
  return writes([...fillings.values()].flat(), free, metadata);
}

function writes(fillings: readonly Filling[], free: readonly Slice[], metadata: KubeObject['metadata']): SlicePlan {
  const create: Slice[] = [];
  const update: Slice[] = [];
  for (const { from, endpoints, group } of fillings) {
    const ports = group.ports;
    if (!from) create.push({ metadata, addressType: group.addressType, endpoints, ports });
    else {
      const next = { ...from, metadata: { ...from.metadata, annotations: annotationsOf(from, metadata), labels: metadata.labels, ownerReferences: metadata.ownerReferences }, endpoints, ports };
      if (!sameJson(comparable(from), comparable(next))) update.push(next);
    }
  }
  return { create, update, remove: free };
}

function annotationsOf(from: Slice, { annotations }: KubeObject['metadata']): Readonly<Record<string, string>> | undefined {
  const next = withTriggerTime({ ...from.metadata.annotations, ...annotations }, annotations?.[triggerTimeAnnotation]);
  return Object.keys(next).length > 0 ? next : undefined;
}

/** Carries a plan out. Creations are expected under `key` until the informer shows them. */
export async function writeSlices(slices: ResourceClient<Slice>, plan: SlicePlan, expectations: Expectations, key: string): Promise<void> {
  expectations.expectCreations(key, plan.create.length);
  const create = async (slice: Slice): Promise<void> => {
    try {
      await slices.create(slice);
    } catch (error) {
      expectations.creationObserved(key);
      throw error;
    }
  };
  const remove = async ({ metadata: { name = '', uid } }: Slice): Promise<void> => {
    await slices.delete(name, { preconditions: { uid } }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  };
  const results = await Promise.allSettled([...plan.create.map(create), ...plan.update.map((slice) => slices.update(slice)), ...plan.remove.map(remove)]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

const comparable = ({ endpoints = [], ports = [], metadata }: Slice): unknown => [endpoints, ports, metadata.labels, metadata.ownerReferences];
const groupKey = ({ addressType, ports }: Pick<EndpointGroup, 'addressType' | 'ports'>): string =>
  `${addressType} ${ports.map(({ name = '', port = '', protocol = 'TCP', appProtocol = '' }) => `${name}|${port}|${protocol}|${appProtocol}`).sort().join()}`;
const endpointKey = ({ addresses, targetRef }: Endpoint): string => `${targetRef?.uid ?? ''} ${addresses.join()}`;

function take(from: Map<string, Endpoint>, key: string): Endpoint[] {
  const found = from.get(key);
  from.delete(key);
  return found ? [found] : [];
}
