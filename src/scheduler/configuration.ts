/**
 * The scheduler's configuration as people write it: a KubeSchedulerConfiguration. What is asked for and not known here is refused, so
 * that nobody believes it works. Upstream: k8s.io/kube-scheduler/config/v1
 */
import { readExtenders, type ExtenderConfiguration } from './configuration/extenders.ts';
import { ConfigurationError, fieldsOf, listOf, numberOf, percentageOf, textOf, type Fields } from './configuration/fields.ts';
import { readPluginArguments, type PluginArguments } from './configuration/plugin-arguments.ts';

export { ConfigurationError } from './configuration/fields.ts';

export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileConfiguration[];
  readonly extenders: readonly ExtenderConfiguration[];
}

export interface ProfileConfiguration {
  /** What Pods ask for in spec.schedulerName; also the source of the events. */
  readonly schedulerName: string;
  /** How many percent of the nodes are looked for that fit; 0: by the size of the cluster. */
  readonly percentageOfNodesToScore: number;
  readonly plugins: PluginArguments;
  /** By extension point ('score', 'filter', ... or 'multiPoint'): what the configuration changes of the default plugins. */
  readonly changes: ReadonlyMap<string, PluginChange>;
}

export interface PluginChange {
  /** Plugin names with the weight of their scores; 0: the default one. */
  readonly enabled: ReadonlyMap<string, number>;
  /** Plugin names; '*' is all. */
  readonly disabled: ReadonlySet<string>;
}

export const defaultSchedulerName = 'default-scheduler';

const extensionPoints: ReadonlySet<string> = new Set(['preEnqueue', 'queueSort', 'preFilter', 'filter', 'postFilter', 'preScore', 'score', 'reserve', 'permit', 'preBind', 'bind', 'postBind', 'multiPoint']);

/** The configuration of a cluster that says nothing. */
export const defaultConfiguration = (): SchedulerConfiguration => ({ profiles: [profileOf({}, 'profiles[0]', 0)], extenders: [] });

/** Throws ConfigurationError. */
export function readConfiguration(value: unknown): SchedulerConfiguration {
  const config = fieldsOf(value, 'configuration');
  if (config['kind'] !== 'KubeSchedulerConfiguration') throw new ConfigurationError('kind', 'must be KubeSchedulerConfiguration');
  if (config['apiVersion'] !== 'kubescheduler.config.k8s.io/v1') throw new ConfigurationError('apiVersion', 'must be kubescheduler.config.k8s.io/v1');
  const percentage = percentageOf(config['percentageOfNodesToScore'], 'percentageOfNodesToScore', 0);
  const given = listOf(config['profiles'], 'profiles');
  const profiles = (given.length === 0 ? [{}] : given).map((profile, i) => profileOf(fieldsOf(profile, `profiles[${i}]`), `profiles[${i}]`, percentage));
  const names = profiles.map(({ schedulerName }) => schedulerName);
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) throw new ConfigurationError(`profiles[${i}].schedulerName`, `Duplicate value: "${name}"`);
  });
  return { profiles, extenders: readExtenders(config['extenders']) };
}

function profileOf(profile: Fields, at: string, percentage: number): ProfileConfiguration {
  return {
    schedulerName: textOf(profile['schedulerName'] ?? defaultSchedulerName, `${at}.schedulerName`),
    percentageOfNodesToScore: percentageOf(profile['percentageOfNodesToScore'], `${at}.percentageOfNodesToScore`, percentage),
    plugins: readPluginArguments(profile['pluginConfig'], `${at}.pluginConfig`),
    changes: changesOf(fieldsOf(profile['plugins'] ?? {}, `${at}.plugins`), `${at}.plugins`),
  };
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
