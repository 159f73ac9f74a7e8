/** The arguments of plugins (`pluginConfig`) that change something here; others are refused. Upstream: k8s.io/kube-scheduler/config/v1 (types_pluginargs.go) */
import type * as corev1 from '../../resources/types/core-v1.ts';
import { ConfigurationError, fieldsOf, flagOf, listOf, namesOf, numberOf, onlyFieldsOf, textOf, type Fields } from './fields.ts';
import { leastAllocated, type ScoringStrategy } from '../plugins/node-resources/scoring-strategy.ts';

export interface PluginArguments {
  readonly fit: { readonly strategy: ScoringStrategy; readonly ignoredResources: ReadonlySet<string>; readonly ignoredGroups: ReadonlySet<string> };
  /** Names of the resources whose use is to be in balance. */
  readonly balanced: readonly string[];
  readonly interPodAffinity: { readonly hardPodAffinityWeight: number; readonly ignorePreferredTermsOfExistingPods: boolean };
  /** What every Pod of the profile asks of nodes besides its own affinity. */
  readonly addedAffinity: corev1.NodeAffinity | undefined;
  /** What Pods get that name no constraints; undefined: the built-in ones. */
  readonly defaultConstraints: readonly corev1.TopologySpreadConstraint[] | undefined;
  /** When the search for victims may end: with so many percent of the nodes, and so many at least. */
  readonly preemption: { readonly percentage: number; readonly absolute: number };
  /** How long binding volumes may take, ms. */
  readonly bindTimeout: number;
}

/** Per plugin, the arguments that are known. */
const knownArguments: Readonly<Record<string, readonly string[]>> = {
  NodeResourcesFit: ['scoringStrategy', 'ignoredResources', 'ignoredResourceGroups'],
  NodeResourcesBalancedAllocation: ['resources'],
  InterPodAffinity: ['hardPodAffinityWeight', 'ignorePreferredTermsOfExistingPods'],
  NodeAffinity: ['addedAffinity'],
  PodTopologySpread: ['defaultConstraints', 'defaultingType'],
  DefaultPreemption: ['minCandidateNodesPercentage', 'minCandidateNodesAbsolute'],
  VolumeBinding: ['bindTimeoutSeconds'],
};

const balancedByDefault = ['cpu', 'memory'];

/** Throws ConfigurationError. */
export function readPluginArguments(value: unknown, at: string): PluginArguments {
  const all = argumentsOf(value, at);
  const of = (plugin: string): Fields => all.get(plugin) ?? {};
  const fit = of('NodeResourcesFit');
  const affinity = of('InterPodAffinity');
  const preemption = of('DefaultPreemption');
  const balanced = listOf(of('NodeResourcesBalancedAllocation')['resources'], `${at}.resources`).map((entry, i) => balancedResource(fieldsOf(entry, `${at}.resources[${i}]`), `${at}.resources[${i}]`));
  const [percentage, absolute] = [numberOf(preemption['minCandidateNodesPercentage'] ?? 10, `${at}.minCandidateNodesPercentage`, 0, 100), numberOf(preemption['minCandidateNodesAbsolute'] ?? 100, `${at}.minCandidateNodesAbsolute`, 0, 2 ** 31)];
  if (percentage === 0 && absolute === 0) throw new ConfigurationError(`${at}.minCandidateNodesPercentage`, 'cannot be zero at the same time as minCandidateNodesAbsolute');
  return {
    fit: {
      strategy: strategyOf(fieldsOf(fit['scoringStrategy'] ?? {}, `${at}.scoringStrategy`), `${at}.scoringStrategy`),
      ignoredResources: namesOf(fit['ignoredResources'], `${at}.ignoredResources`),
      ignoredGroups: namesOf(fit['ignoredResourceGroups'], `${at}.ignoredResourceGroups`),
    },
    balanced: balanced.length === 0 ? balancedByDefault : balanced,
    interPodAffinity: {
      hardPodAffinityWeight: numberOf(affinity['hardPodAffinityWeight'] ?? 1, `${at}.hardPodAffinityWeight`, 0, 100),
      ignorePreferredTermsOfExistingPods: flagOf(affinity['ignorePreferredTermsOfExistingPods'], `${at}.ignorePreferredTermsOfExistingPods`),
    },
    addedAffinity: addedAffinityOf(of('NodeAffinity')['addedAffinity'], `${at}.addedAffinity`),
    defaultConstraints: defaultConstraintsOf(of('PodTopologySpread'), at),
    preemption: { percentage, absolute },
    bindTimeout: 1000 * numberOf(of('VolumeBinding')['bindTimeoutSeconds'] ?? 600, `${at}.bindTimeoutSeconds`, 0, 2 ** 31),
  };
}

function argumentsOf(value: unknown, at: string): Map<string, Fields> {
  const all = new Map<string, Fields>();
  for (const [i, entry] of listOf(value, at).entries()) {
    const place = `${at}[${i}]`;
    const { name, args } = fieldsOf(entry, place);
    const { apiVersion: _apiVersion, kind: _kind, ...given } = fieldsOf(args ?? {}, `${place}.args`);
    const plugin = textOf(name, `${place}.name`);
    for (const field of Object.keys(given)) if (!(knownArguments[plugin] ?? []).includes(field)) throw new ConfigurationError(`${place}.args.${field}`, `not supported for ${plugin}`);
    all.set(plugin, given);
  }
  return all;
}

function balancedResource({ name, weight }: Fields, at: string): string {
  if (weight !== undefined && weight !== 1) throw new ConfigurationError(`${at}.weight`, 'must be 1');
  return textOf(name, `${at}.name`);
}

function addedAffinityOf(value: unknown, at: string): corev1.NodeAffinity | undefined {
  if (value === undefined || value === null) return undefined;
  const affinity = onlyFieldsOf(value, at, ['requiredDuringSchedulingIgnoredDuringExecution', 'preferredDuringSchedulingIgnoredDuringExecution']);
  if (Object.keys(affinity).length === 0) throw new ConfigurationError(at, 'must be a node affinity');
  const required = affinity['requiredDuringSchedulingIgnoredDuringExecution'];
  if (required !== undefined && listOf(fieldsOf(required, `${at}.required`)['nodeSelectorTerms'], `${at}.required.nodeSelectorTerms`).length === 0) throw new ConfigurationError(`${at}.required.nodeSelectorTerms`, 'must have at least one node selector term');
  return affinity as unknown as corev1.NodeAffinity;
}

const unsatisfiable = ['DoNotSchedule', 'ScheduleAnyway'];

function defaultConstraintsOf({ defaultConstraints, defaultingType = 'System' }: Fields, at: string): readonly corev1.TopologySpreadConstraint[] | undefined {
  if (defaultingType !== 'System' && defaultingType !== 'List') throw new ConfigurationError(`${at}.defaultingType`, `Unsupported value: ${JSON.stringify(defaultingType)}`);
  const constraints = listOf(defaultConstraints, `${at}.defaultConstraints`).map((entry, i) => spreadConstraintOf(fieldsOf(entry, `${at}.defaultConstraints[${i}]`), `${at}.defaultConstraints[${i}]`));
  if (defaultingType === 'List') return constraints;
  if (constraints.length > 0) throw new ConfigurationError(`${at}.defaultingType`, 'when .defaultConstraints are not empty must be List');
  return undefined;
}

function spreadConstraintOf(constraint: Fields, at: string): corev1.TopologySpreadConstraint {
  if (constraint['labelSelector'] !== undefined) throw new ConfigurationError(`${at}.labelSelector`, 'constraint must not define a selector, as they deduced for each pod');
  const whenUnsatisfiable = textOf(constraint['whenUnsatisfiable'], `${at}.whenUnsatisfiable`);
  if (!unsatisfiable.includes(whenUnsatisfiable)) throw new ConfigurationError(`${at}.whenUnsatisfiable`, `Unsupported value: "${whenUnsatisfiable}"`);
  return { ...constraint, maxSkew: numberOf(constraint['maxSkew'], `${at}.maxSkew`, 1, 2 ** 31), topologyKey: textOf(constraint['topologyKey'], `${at}.topologyKey`), whenUnsatisfiable };
}

function strategyOf(strategy: Fields, at: string): ScoringStrategy {
  const type = textOf(strategy['type'] ?? 'LeastAllocated', `${at}.type`);
  if (type !== 'LeastAllocated' && type !== 'MostAllocated' && type !== 'RequestedToCapacityRatio') throw new ConfigurationError(`${at}.type`, `Unsupported value: "${type}"`);
  const resources = listOf(strategy['resources'], `${at}.resources`).map((entry, i) => {
    const { name, weight } = fieldsOf(entry, `${at}.resources[${i}]`);
    return { name: textOf(name, `${at}.resources[${i}].name`), weight: numberOf(weight ?? 1, `${at}.resources[${i}].weight`, 1, 100) };
  });
  const ratio = fieldsOf(strategy['requestedToCapacityRatio'] ?? {}, `${at}.requestedToCapacityRatio`);
  const shape = listOf(ratio['shape'], `${at}.shape`).map((entry, i) => {
    const { utilization, score } = fieldsOf(entry, `${at}.shape[${i}]`);
    return { utilization: numberOf(utilization, `${at}.shape[${i}].utilization`, 0, 100), score: numberOf(score, `${at}.shape[${i}].score`, 0, 10) };
  });
  if (type === 'RequestedToCapacityRatio' && shape.length === 0) throw new ConfigurationError(`${at}.requestedToCapacityRatio.shape`, 'at least one point must be specified');
  shape.forEach((point, i) => {
    if (point.utilization <= (shape[i - 1]?.utilization ?? -1)) throw new ConfigurationError(`${at}.shape[${i}].utilization`, 'utilization values must be sorted in increasing order');
  });
  return { type, resources: resources.length === 0 ? leastAllocated.resources : resources, shape };
}
