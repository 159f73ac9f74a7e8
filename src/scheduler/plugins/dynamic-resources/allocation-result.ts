/** An allocation as a claim's status says it. Upstream: k8s.io/dynamic-resource-allocation/structured/internal (Allocate) */
import type * as corev1 from '../../../resources/types/core-v1.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { writtenAmounts, type Amounts } from './device-capacity.ts';
import type { OfferedDevice } from './device-pools.ts';
import type { DeviceRequest } from './device-request.ts';

export interface ChosenDevice {
  readonly wanted: DeviceRequest;
  readonly offered: OfferedDevice;
  /** Of a device that is shared: what this share takes of it. */
  readonly amounts?: Amounts | undefined;
  readonly shareId?: string | undefined;
}

export function allocationResult(claim: resourcev1.ResourceClaim, requests: readonly (readonly DeviceRequest[])[], chosen: readonly ChosenDevice[], node: string): resourcev1.AllocationResult {
  const names = new Set(chosen.map(({ wanted }) => wanted.name));
  const used = requests.flatMap((alternatives) => alternatives.find(({ name }) => names.has(name)) ?? []);
  const config = configurations(claim, used);
  const nodeSelector = selectorFor(chosen, node);
  return { devices: { results: chosen.map(resultOf), ...(config.length > 0 ? { config } : {}) }, ...(nodeSelector ? { nodeSelector } : {}) };
}

function resultOf({ wanted, offered: { device, slice }, amounts, shareId }: ChosenDevice): resourcev1.DeviceRequestAllocationResult {
  const { bindingConditions = [], bindingFailureConditions = [] } = device;
  const { tolerations = [] } = wanted.spec;
  return {
    request: wanted.name,
    driver: slice.spec.driver,
    pool: slice.spec.pool.name,
    device: device.name,
    ...(wanted.adminAccess ? { adminAccess: true } : {}),
    ...(tolerations.length > 0 ? { tolerations } : {}),
    ...(bindingConditions.length > 0 ? { bindingConditions } : {}),
    ...(bindingFailureConditions.length > 0 ? { bindingFailureConditions } : {}),
    ...(shareId === undefined ? {} : { shareID: shareId }),
    ...(amounts && amounts.size > 0 ? { consumedCapacity: writtenAmounts(device, amounts) } : {}),
  };
}

/** Those of the classes first, each once, then the claim's own. One that concerns all requests names none. */
function configurations(claim: resourcev1.ResourceClaim, used: readonly DeviceRequest[]): resourcev1.DeviceAllocationConfiguration[] {
  const byClass = Map.groupBy(used, ({ deviceClass }) => deviceClass);
  const ofClasses = [...byClass].flatMap(([{ spec }, requests]) => (spec.config ?? []).map((one) => ({ source: 'FromClass', requests: requests.map(({ name }) => name), ...one })));
  const isUsed = (name: string): boolean => used.some((request) => request.name === name || request.name.startsWith(`${name}/`));
  const own = (claim.spec.devices?.config ?? []).filter(({ requests = [] }) => requests.length === 0 || requests.some(isUsed)).map((one) => ({ source: 'FromClaim', ...one }));
  return [...ofClasses, ...own].map(({ requests = [], ...one }) => (requests.length === 0 || requests.length === (claim.spec.devices?.requests ?? []).length ? one : { ...one, requests }));
}

/** Where the devices can be reached; undefined: everywhere. */
function selectorFor(chosen: readonly ChosenDevice[], node: string): corev1.NodeSelector | undefined {
  const wheres = chosen.map(({ offered: { device, slice } }) => ({ bindsToNode: device.bindsToNode === true, ...pick(slice.spec.perDeviceNodeSelection === true ? device : slice.spec) }));
  if (wheres.some(({ nodeName, bindsToNode }) => nodeName || bindsToNode)) return { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] };
  const terms = wheres.flatMap(({ nodeSelector }) => nodeSelector?.nodeSelectorTerms[0] ?? []);
  const matchFields = distinct(terms.flatMap((term) => term.matchFields ?? []));
  const matchExpressions = distinct(terms.flatMap((term) => term.matchExpressions ?? []));
  if (matchFields.length + matchExpressions.length === 0) return undefined;
  return { nodeSelectorTerms: [{ ...(matchFields.length > 0 ? { matchFields } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) }] };
}

const pick = ({ nodeName, nodeSelector }: Pick<resourcev1.Device, 'nodeName' | 'nodeSelector'>) => ({ nodeName, nodeSelector });

const distinct = (requirements: readonly corev1.NodeSelectorRequirement[]): corev1.NodeSelectorRequirement[] =>
  [...new Map(requirements.map((one) => [`${one.key} ${one.operator} ${(one.values ?? []).toSorted().join(',')}`, one])).values()];
