/**
 * The scheduler's configuration as people write it: a KubeSchedulerConfiguration. What is asked for and not known here is refused, so
 * that nobody believes it works. Upstream: k8s.io/kube-scheduler/config/v1
 */
import { leastAllocated, type ScoringStrategy } from './plugins/node-resources/scoring-strategy.ts';

export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileConfiguration[];
}

export interface ProfileConfiguration {
  /** What Pods ask for in spec.schedulerName; also the source of the events. */
  readonly schedulerName: string;
  /** How many percent of the nodes are looked for that fit; 0: by the size of the cluster. */
  readonly percentageOfNodesToScore: number;
  readonly fit: { readonly strategy: ScoringStrategy; readonly ignoredResources: ReadonlySet<string>; readonly ignoredGroups: ReadonlySet<string> };
  readonly hardPodAffinityWeight: number;
  /** By extension point ('score', 'filter', ... or 'multiPoint'): what the configuration changes of the default plugins. */
  readonly changes: ReadonlyMap<string, PluginChange>;
}

export interface PluginChange {
  /** Plugin names with the weight of their scores; 0: the default one. */
  readonly enabled: ReadonlyMap<string, number>;
  /** Plugin names; '*' is all. */
  readonly disabled: ReadonlySet<string>;
}

export class ConfigurationError extends Error {
  constructor(where: string, why: string) {
    super(`${where}: ${why}`);
    this.name = 'ConfigurationError';
  }
}

export const defaultSchedulerName = 'default-scheduler';

const extensionPoints: ReadonlySet<string> = new Set(['preEnqueue', 'queueSort', 'preFilter', 'filter', 'postFilter', 'preScore', 'score', 'reserve', 'permit', 'preBind', 'bind', 'postBind', 'multiPoint']);

type Fields = Readonly<Record<string, unknown>>;

/** The configuration of a cluster that says nothing. */
export const defaultConfiguration = (): SchedulerConfiguration => ({ profiles: [profileOf({}, 'profiles[0]', 0)] });

/** Throws ConfigurationError. */
export function readConfiguration(value: unknown): SchedulerConfiguration {
  const config = fieldsOf(value, 'configuration');
  if (config['kind'] !== 'KubeSchedulerConfiguration') throw new ConfigurationError('kind', 'must be KubeSchedulerConfiguration');
  if (config['apiVersion'] !== 'kubescheduler.config.k8s.io/v1') throw new ConfigurationError('apiVersion', 'must be kubescheduler.config.k8s.io/v1');
  if (listOf(config['extenders'], 'extenders').length > 0) throw new ConfigurationError('extenders', 'not supported');
  const percentage = percentageOf(config['percentageOfNodesToScore'], 'percentageOfNodesToScore', 0);
  const given = listOf(config['profiles'], 'profiles');
  const profiles = given.length === 0 ? defaultConfiguration().profiles : given.map((profile, i) => profileOf(fieldsOf(profile, `profiles[${i}]`), `profiles[${i}]`, percentage));
  const names = profiles.map(({ schedulerName }) => schedulerName);
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) throw new ConfigurationError(`profiles[${i}].schedulerName`, `Duplicate value: "${name}"`);
  });
  return { profiles };
}

function profileOf(profile: Fields, at: string, percentage: number): ProfileConfiguration {
  const args = argumentsOf(profile, at);
  const fit = args.get('NodeResourcesFit') ?? {};
  const affinity = args.get('InterPodAffinity') ?? {};
  return {
    schedulerName: textOf(profile['schedulerName'] ?? defaultSchedulerName, `${at}.schedulerName`),
    percentageOfNodesToScore: percentageOf(profile['percentageOfNodesToScore'], `${at}.percentageOfNodesToScore`, percentage),
    fit: {
      strategy: strategyOf(fieldsOf(fit['scoringStrategy'] ?? {}, `${at}.scoringStrategy`), `${at}.scoringStrategy`),
      ignoredResources: namesOf(fit['ignoredResources'], `${at}.ignoredResources`),
      ignoredGroups: namesOf(fit['ignoredResourceGroups'], `${at}.ignoredResourceGroups`),
    },
    hardPodAffinityWeight: numberOf(affinity['hardPodAffinityWeight'] ?? 1, `${at}.hardPodAffinityWeight`, 0, 100),
    changes: changesOf(fieldsOf(profile['plugins'] ?? {}, `${at}.plugins`), `${at}.plugins`),
  };
}

/** Arguments that change something here; others must be the defaults, which a plugin without arguments has. */
const knownArguments: Readonly<Record<string, readonly string[]>> = {
  NodeResourcesFit: ['scoringStrategy', 'ignoredResources', 'ignoredResourceGroups'],
  InterPodAffinity: ['hardPodAffinityWeight'],
};

function argumentsOf(profile: Fields, at: string): Map<string, Fields> {
  const all = new Map<string, Fields>();
  for (const [i, entry] of listOf(profile['pluginConfig'], `${at}.pluginConfig`).entries()) {
    const place = `${at}.pluginConfig[${i}]`;
    const { name, args } = fieldsOf(entry, place);
    const { apiVersion: _apiVersion, kind: _kind, ...given } = fieldsOf(args ?? {}, `${place}.args`);
    const plugin = textOf(name, `${place}.name`);
    for (const field of Object.keys(given)) if (!(knownArguments[plugin] ?? []).includes(field)) throw new ConfigurationError(`${place}.args.${field}`, `not supported for ${plugin}`);
    all.set(plugin, given);
  }
  return all;
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

function changesOf(plugins: Fields, at: string): Map<string, PluginChange> {
  const changes = new Map<string, PluginChange>();
  for (const [point, value] of Object.entries(plugins)) {
    if (!extensionPoints.has(point)) throw new ConfigurationError(`${at}.${point}`, 'there is no such extension point');
    const { enabled, disabled } = fieldsOf(value, `${at}.${point}`);
    const named = (list: unknown, where: string) => listOf(list, where).map((entry, i) => fieldsOf(entry, `${where}[${i}]`));
    changes.set(point, {
      enabled: new Map(named(enabled, `${at}.${point}.enabled`).map(({ name, weight }, i) => [textOf(name, `${at}.${point}.enabled[${i}].name`), numberOf(weight ?? 0, `${at}.${point}.enabled[${i}].weight`, 0, 2 ** 31)])),
      disabled: new Set(named(disabled, `${at}.${point}.disabled`).map(({ name }, i) => textOf(name, `${at}.${point}.disabled[${i}].name`))),
    });
  }
  return changes;
}

function fieldsOf(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ConfigurationError(at, 'must be an object');
  return value as Fields;
}

function listOf(value: unknown, at: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new ConfigurationError(at, 'must be a list');
  return value as unknown[];
}

function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new ConfigurationError(at, 'Required value');
  return value;
}

function numberOf(value: unknown, at: string, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw new ConfigurationError(at, `must be a whole number between ${least} and ${most}`);
  return value;
}

const percentageOf = (value: unknown, at: string, otherwise: number): number => numberOf(value ?? otherwise, at, 0, 100);
const namesOf = (value: unknown, at: string): ReadonlySet<string> => new Set(listOf(value, at).map((name, i) => textOf(name, `${at}[${i}]`)));
