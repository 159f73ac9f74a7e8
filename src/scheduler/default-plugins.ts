/** The plugins of the default profile, in order, with the weights of their scores. Upstream: pkg/scheduler/apis/config/v1/default_plugins.go */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { ApiClient } from '../client/client.ts';
import type { Informers } from '../client/informers.ts';
import { ConfigurationError, type ProfileConfiguration } from './configuration.ts';
import type { Extenders } from './extenders/extenders.ts';
import type { EnabledPlugin } from './framework/framework.ts';
import type { Plugin } from './framework/plugin.ts';
import type { PodReports } from './pod-reports.ts';
import type { ClusterState } from './state/cluster-state.ts';
import type { Nominations } from './state/nominations.ts';
import { defaultBinder } from './plugins/default-binder/default-binder.ts';
import { defaultPreemption } from './plugins/default-preemption/default-preemption.ts';
import type { DeviceState } from './plugins/dynamic-resources/device-state.ts';
import { dynamicResources } from './plugins/dynamic-resources/dynamic-resources.ts';
import { imageLocality } from './plugins/image-locality/image-locality.ts';
import { interPodAffinity } from './plugins/inter-pod-affinity/inter-pod-affinity.ts';
import { nodeAffinity } from './plugins/node-affinity/node-affinity.ts';
import { nodeName } from './plugins/node-name/node-name.ts';
import { nodePorts } from './plugins/node-ports/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources/balanced-allocation.ts';
import { nodeResourcesFit } from './plugins/node-resources/fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable/node-unschedulable.ts';
import { nodeVolumeLimits } from './plugins/node-volume-limits/node-volume-limits.ts';
import { podTopologySpread } from './plugins/pod-topology-spread/pod-topology-spread.ts';
import { prioritySort } from './plugins/priority-sort/priority-sort.ts';
import { schedulingGates } from './plugins/scheduling-gates/scheduling-gates.ts';
import { taintToleration } from './plugins/taint-toleration/taint-toleration.ts';
import { volumeBinding } from './plugins/volume-binding/volume-binding.ts';
import { volumeZone } from './plugins/volume-zone/volume-zone.ts';
import { volumeRestrictions } from './plugins/volume-restrictions/volume-restrictions.ts';

/** What plugins are made from. */
export interface PluginParts {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly cluster: ClusterState;
  readonly nominations: Nominations;
  readonly reports: PodReports;
  readonly extenders: Extenders;
  readonly devices: DeviceState;
}

export function defaultPlugins({ client, informers, clock, random, cluster, nominations, reports, extenders, devices }: PluginParts, profile: ProfileConfiguration): EnabledPlugin[] {
  const { fit, balanced, interPodAffinity: affinity, addedAffinity, defaultConstraints, preemption, bindTimeout } = profile.plugins;
  const enabled: EnabledPlugin[] = [];
  const enable = (plugin: EnabledPlugin['plugin'], weight = 0): number => enabled.push({ plugin, weight });
  enable(schedulingGates());
  enable(prioritySort());
  enable(nodeUnschedulable());
  enable(nodeName());
  enable(taintToleration(), 3);
  enable(nodeAffinity(addedAffinity), 2);
  enable(nodePorts());
  enable(nodeResourcesFit({ ...fit, ignoredResources: fit.ignoredResources.union(extenders.ignoredResources) }), 1);
  enable(volumeRestrictions(informers));
  enable(nodeVolumeLimits(informers));
  enable(volumeBinding({ client, informers, clock, bindTimeout }));
  enable(volumeZone(informers));
  enable(podTopologySpread(informers, defaultConstraints), 2);
  enable(interPodAffinity(informers, affinity), 2);
  // Before preemption: to free a claim that nobody uses is better than to end a Pod.
  enable(dynamicResources({ client, informers, clock, random, devices, announceWait: (pod, node) => reports.waitsForDevices(pod, node) }), 2);
  enable(defaultPreemption({ client, informers, clock, random, cluster, nominations, extenders, limits: preemption, withdraw: (pod) => reports.nominated(pod, ''), announce: (victim, preemptor, node) => reports.preempted(victim, preemptor, node) }));
  enable(nodeResourcesBalancedAllocation(balanced), 1);
  enable(imageLocality(), 1);
  enable(defaultBinder(client));
  return changedBy(profile, enabled);
}

/** The parts that a plugin has in extension points, by the points' names. */
const partsAt: Readonly<Record<string, readonly (keyof Plugin)[]>> = {
  preEnqueue: ['mayEnter'],
  queueSort: ['compare'],
  filter: ['filter'],
  postFilter: ['postFilter'],
  score: ['score'],
  reserve: ['reserve'],
  permit: ['permit'],
  bind: ['bind'],
  multiPoint: ['mayEnter', 'filter', 'postFilter', 'score', 'reserve', 'permit', 'bind'],
};

/** Without what a profile disables and does not enable again, and with its weights. Throws ConfigurationError for unknown plugins. */
function changedBy({ changes }: ProfileConfiguration, plugins: readonly EnabledPlugin[]): EnabledPlugin[] {
  for (const [point, { enabled }] of changes) {
    for (const name of enabled.keys()) if (!plugins.some(({ plugin }) => plugin.name === name)) throw new ConfigurationError(`plugins.${point}.enabled`, `plugin "${name}" does not exist`);
  }
  return plugins.map(({ plugin, weight }) => {
    const parts: Partial<Record<keyof Plugin, unknown>> = { ...plugin };
    let counts = weight;
    for (const [point, { enabled, disabled }] of changes) {
      if (point === 'score' || point === 'multiPoint') counts = enabled.get(plugin.name) || counts;
      if (enabled.has(plugin.name) || !(disabled.has('*') || disabled.has(plugin.name))) continue;
      for (const part of partsAt[point] ?? []) if (point !== 'multiPoint' || !isEnabledAlone(changes, plugin.name, part)) delete parts[part];
    }
    return { plugin: parts as unknown as Plugin, weight: counts };
  });
}

/** Whether one extension point asks for a plugin that multiPoint disables. */
function isEnabledAlone(changes: ProfileConfiguration['changes'], name: string, part: keyof Plugin): boolean {
  return [...changes].some(([point, { enabled }]) => point !== 'multiPoint' && enabled.has(name) && (partsAt[point] ?? []).includes(part));
}
