/** What the container runtime of a node and its host can do beyond what all can. Upstream: pkg/kubelet/container/runtime.go (RuntimeFeatures) */
import type { NodeStatus, Pod } from '../../resources/types/core-v1.ts';
import type { StatusResponse } from '../cri/messages.ts';
import { needsAppArmor } from '../pods/app-armor.ts';
import type { Refusal } from '../pods/node-context.ts';

export interface RuntimeFeatures {
  /** Groups of a Pod can be kept to those that it names. */
  readonly strictGroups: boolean;
  /** A read-only mount can be made so for all that is mounted below it, by runtime handler ('' for the usual one). */
  readonly recursiveReadOnly: ReadonlySet<string>;
  /** The host confines processes by AppArmor's profiles. */
  readonly appArmor: boolean;
}

export function runtimeFeatures(status: StatusResponse | undefined, appArmor: boolean): RuntimeFeatures {
  const handlers = (status?.runtimeHandlers ?? []).filter(({ features }) => features?.recursiveReadOnlyMounts === true);
  return { strictGroups: status?.features?.supplementalGroupsPolicy === true, recursiveReadOnly: new Set(handlers.map(({ name }) => name)), appArmor };
}

/** As the node's status tells them. */
export function statedFeatures(status: StatusResponse | undefined): Pick<NodeStatus, 'features' | 'runtimeHandlers'> {
  const handlers = (status?.runtimeHandlers ?? []).map(({ name, features }) =>
    ({ name, features: { recursiveReadOnlyMounts: features?.recursiveReadOnlyMounts === true, userNamespaces: features?.userNamespaces === true } }));
  const { features } = status ?? {};
  return { ...(features ? { features: { supplementalGroupsPolicy: features.supplementalGroupsPolicy } } : {}), ...(handlers.length > 0 ? { runtimeHandlers: handlers } : {}) };
}

/** Why the runtime or the host cannot run the Pod as it asks to be run. */
export function beyondRuntime(pod: Pod, features: RuntimeFeatures): Refusal | undefined {
  if (!features.appArmor && needsAppArmor(pod)) return { reason: 'AppArmor', message: 'Cannot enforce AppArmor: AppArmor is not enabled on the host' };
  if (pod.spec?.securityContext?.supplementalGroupsPolicy !== 'Strict' || features.strictGroups) return undefined;
  return { reason: 'SupplementalGroupsPolicyNotSupported', message: 'SupplementalGroupsPolicy=Strict is not supported in this node' };
}
