/**
 * HorizontalPodAutoscalers of older versions. v1 knows one metric, average CPU; v2beta1 writes targets flat in the source.
 * What v1 cannot say travels in annotations, so that a client of v1 loses nothing it did not see.
 * Upstream: pkg/apis/autoscaling/v1/conversion.go, pkg/apis/autoscaling/v2beta1/conversion.go
 */
import type { DraftObject } from '../definition.ts';

type Fields = Record<string, unknown>;

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';
const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';
const currentMetricsAnnotation = 'autoscaling.alpha.kubernetes.io/current-metrics';

const part = (object: Fields, name: string): Fields | undefined => object[name] as Fields | undefined;
const list = (value: unknown): Fields[] => (value as Fields[] | undefined) ?? [];

/** Average CPU as a share of the request: the only metric of v1. */
function isCpuUtilization(metric: Fields): boolean {
  const resource = part(metric, 'resource');
  return metric['type'] === 'Resource' && resource?.['name'] === 'cpu' && (part(resource, 'target') ?? part(resource, 'current'))?.['averageUtilization'] !== undefined;
}

export function toV1(object: DraftObject): DraftObject {
  const fields = object as Fields;
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  const spec = part(fields, 'spec');
  if (spec !== undefined) {
    const metrics = list(spec['metrics']);
    const cpu = metrics.find(isCpuUtilization);
    if (cpu !== undefined) spec['targetCPUUtilizationPercentage'] = part(part(cpu, 'resource') ?? {}, 'target')?.['averageUtilization'];
    const others = metrics.filter((metric) => metric !== cpu);
    if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(others);
    if (spec['behavior'] !== undefined) annotations[behaviorAnnotation] = JSON.stringify(spec['behavior']);
    delete spec['metrics'];
    delete spec['behavior'];
  }
  const status = part(fields, 'status');
  if (status !== undefined) {
    const cpu = list(status['currentMetrics']).find(isCpuUtilization);
    if (cpu !== undefined) status['currentCPUUtilizationPercentage'] = part(part(cpu, 'resource') ?? {}, 'current')?.['averageUtilization'];
    if (list(status['currentMetrics']).length > 0) annotations[currentMetricsAnnotation] = JSON.stringify(status['currentMetrics']);
    if (list(status['conditions']).length > 0) annotations[conditionsAnnotation] = JSON.stringify(status['conditions']);
    status['currentReplicas'] ??= 0;
    delete status['currentMetrics'];
    delete status['conditions'];
  }
  if (Object.keys(annotations).length > 0) object.metadata.annotations = annotations;
  return object;
}

export function fromV1(object: DraftObject): DraftObject {
  const fields = object as Fields;
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  const take = (name: string): unknown => {
    const text = annotations[name];
    delete annotations[name];
    try {
      return text === undefined ? undefined : JSON.parse(text);
    } catch (error) {
      // A user's annotation that is not ours to read.
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  };
  const metrics = list(take(metricsAnnotation));
  const behavior = take(behaviorAnnotation);
  const currentMetrics = take(currentMetricsAnnotation);
  const conditions = take(conditionsAnnotation);
  const spec = part(fields, 'spec');
  if (spec !== undefined) {
    const share = spec['targetCPUUtilizationPercentage'];
    delete spec['targetCPUUtilizationPercentage'];
    const cpu = share === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: share } } }];
    if (metrics.length + cpu.length > 0) spec['metrics'] = [...metrics, ...cpu];
    if (behavior !== undefined) spec['behavior'] = behavior;
  }
  const status = part(fields, 'status');
  if (status !== undefined) {
    delete status['currentCPUUtilizationPercentage'];
    if (currentMetrics !== undefined) status['currentMetrics'] = currentMetrics;
    if (conditions !== undefined) status['conditions'] = conditions;
  }
  if (object.metadata.annotations !== undefined) object.metadata.annotations = annotations;
  return object;
}

/** How v2beta1 names the parts of a target, by kind of source: [v2beta1 field, v2 target field, v2 target type]. */
const flatTargets: Readonly<Record<string, readonly (readonly [string, string, string])[]>> = {
  resource: [['targetAverageUtilization', 'averageUtilization', 'Utilization'], ['targetAverageValue', 'averageValue', 'AverageValue']],
  containerResource: [['targetAverageUtilization', 'averageUtilization', 'Utilization'], ['targetAverageValue', 'averageValue', 'AverageValue']],
  pods: [['targetAverageValue', 'averageValue', 'AverageValue']],
  object: [['averageValue', 'averageValue', 'AverageValue'], ['targetValue', 'value', 'Value']],
  external: [['targetAverageValue', 'averageValue', 'AverageValue'], ['targetValue', 'value', 'Value']],
};
const flatStatus: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  resource: [['currentAverageUtilization', 'averageUtilization'], ['currentAverageValue', 'averageValue']],
  containerResource: [['currentAverageUtilization', 'averageUtilization'], ['currentAverageValue', 'averageValue']],
  pods: [['currentAverageValue', 'averageValue']],
  object: [['currentValue', 'value'], ['averageValue', 'averageValue']],
  external: [['currentAverageValue', 'averageValue'], ['currentValue', 'value']],
};

export function fromV2beta1(object: DraftObject): DraftObject {
  for (const metric of list(part(object as Fields, 'spec')?.['metrics'])) {
    for (const [name, targets] of Object.entries(flatTargets)) {
      const source = part(metric, name);
      if (source === undefined) continue;
      const described = name === 'object' ? part(source, 'target') : undefined;
      const target: Fields = {};
      for (const [flat, field, type] of targets) move(source, flat, target, field, () => (target['type'] ??= type));
      renameMetric(source, name, described);
      source['target'] = target;
    }
  }
  for (const metric of list(part(object as Fields, 'status')?.['currentMetrics'])) {
    for (const [name, values] of Object.entries(flatStatus)) {
      const source = part(metric, name);
      if (source === undefined) continue;
      const current: Fields = {};
      for (const [flat, field] of values) move(source, flat, current, field);
      renameMetric(source, name, name === 'object' ? part(source, 'target') : undefined);
      if (name === 'object') delete source['target'];
      source['current'] = current;
    }
  }
  return object;
}

export function toV2beta1(object: DraftObject): DraftObject {
  for (const metric of list(part(object as Fields, 'spec')?.['metrics'])) flatten(metric, flatTargets, 'target');
  for (const metric of list(part(object as Fields, 'status')?.['currentMetrics'])) flatten(metric, flatStatus, 'current');
  delete part(object as Fields, 'spec')?.['behavior'];
  return object;
}

function flatten(metric: Fields, table: Readonly<Record<string, readonly (readonly string[])[]>>, holder: 'target' | 'current'): void {
  for (const [name, values] of Object.entries(table)) {
    const source = part(metric, name);
    if (source === undefined) continue;
    const value = part(source, holder) ?? {};
    delete source[holder];
    for (const [flat = '', field = ''] of values) move(value, field, source, flat);
    const described = part(source, 'metric');
    if (described === undefined) continue;
    delete source['metric'];
    source['metricName'] = described['name'];
    if (described['selector'] !== undefined) source[name === 'external' ? 'metricSelector' : 'selector'] = described['selector'];
    if (name === 'object') move(source, 'describedObject', source, 'target');
  }
}

/** metricName and selector become `metric`; an object metric's target becomes describedObject. */
function renameMetric(source: Fields, name: string, described: Fields | undefined): void {
  if (name === 'resource' || name === 'containerResource') return;
  const selector = source['metricSelector'] ?? source['selector'];
  source['metric'] = { name: source['metricName'], ...(selector === undefined ? {} : { selector }) };
  for (const old of ['metricName', 'metricSelector', 'selector']) delete source[old];
  if (described !== undefined) source['describedObject'] = described;
}

function move(from: Fields, name: string, to: Fields, as: string, moved?: () => void): void {
  if (from[name] === undefined) return;
  const value = from[name];
  delete from[name];
  to[as] = value;
  moved?.();
}
