/**
 * What one metric of an autoscaler asks for, and how its status shows it.
 * Upstream: pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetric)
 */
import { messageOf } from '../../base/errors.ts';
import { selectorOf } from '../../apimachinery/label-selector.ts';
import { milliQuantity, quantityMilliValue } from '../../apimachinery/quantity.ts';
import type * as autoscalingv2 from '../../resources/types/autoscaling-v2.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { MetricsClient } from './metrics-client.ts';
import { byAverage, byShare, byUtilization, byValue, type PodFigures, type Tolerances } from './replica-calculator.ts';

export interface MetricFacts {
  readonly metrics: MetricsClient;
  readonly namespace: string;
  readonly selector: string;
  readonly pods: readonly corev1.Pod[];
  /** As asked for, and as they are. */
  readonly current: number;
  readonly running: number;
  readonly tolerances: Tolerances;
  /** ms */
  readonly now: number;
}

export interface MetricProposal {
  readonly replicas: number;
  /** As messages call the metric. */
  readonly name: string;
  readonly status: autoscalingv2.MetricStatus;
}

/** A metric that gave no number: `reason` is that of event and condition. */
export class MetricError extends Error {
  readonly reason: string;
  constructor(reason: string, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'MetricError';
    this.reason = reason;
  }
}

/** Throws MetricError. */
export async function proposalOf(spec: autoscalingv2.MetricSpec, facts: MetricFacts): Promise<MetricProposal> {
  const [reason, what] = failureOf(spec);
  try {
    if (spec.resource) return await byResource(spec.resource, undefined, facts);
    if (spec.containerResource) return await byResource(spec.containerResource, spec.containerResource.container, facts);
    if (spec.pods) return await byPods(spec.pods, facts);
    if (spec.object) return await byObject(spec.object, facts);
    if (spec.external) return await byExternal(spec.external, facts);
    throw new Error(`unknown metric source type ${JSON.stringify(spec.type)}`);
  } catch (error) {
    throw new MetricError(reason, `failed to get ${what}: ${messageOf(error)}`, error);
  }
}

function failureOf({ resource, containerResource, pods, object, external }: autoscalingv2.MetricSpec): readonly [string, string] {
  if (resource) return ['FailedGetResourceMetric', `${resource.name} resource metric value`];
  if (containerResource) return ['FailedGetContainerResourceMetric', `${containerResource.name} container metric value`];
  if (pods) return ['FailedGetPodsMetric', 'pods metric value'];
  if (object) return ['FailedGetObjectMetric', 'object metric value'];
  return external ? ['FailedGetExternalMetric', `${external.metric.name} external metric value`] : ['InvalidMetricSourceType', 'metric value'];
}

async function byResource({ name, target }: autoscalingv2.ResourceMetricSource, container: string | undefined, facts: MetricFacts): Promise<MetricProposal> {
  const kind = target.averageValue === undefined ? 'utilization' : 'usage';
  try {
    const metrics = await facts.metrics.resource(name, facts.namespace, facts.selector, container).catch((error: unknown) => {
      throw new Error(`unable to get metrics for resource ${name}: ${messageOf(error)}`, { cause: error });
    });
    const figures: PodFigures = { ...facts, metrics, resource: name };
    const proposal = target.averageValue === undefined ? byUtilization(figures, target.averageUtilization ?? 0, name, container) : byAverage(figures, quantityMilliValue(target.averageValue));
    const current = { averageValue: milliQuantity(proposal.average), ...(proposal.utilization === undefined ? {} : { averageUtilization: proposal.utilization }) };
    const called = `${name} ${container === undefined ? '' : 'container '}resource${kind === 'utilization' ? ' utilization (percentage of request)' : ''}`;
    const status = container === undefined ? { type: 'Resource', resource: { name, current } } : { type: 'ContainerResource', containerResource: { name, container, current } };
    return { replicas: proposal.replicas, name: called, status };
  } catch (error) {
    throw new Error(`failed to get ${name} ${kind}: ${messageOf(error)}`, { cause: error });
  }
}

const selectorText = ({ selector }: autoscalingv2.MetricIdentifier): string => (selector === undefined ? '' : selectorOf(selector).toString());

async function byPods({ metric, target }: autoscalingv2.PodsMetricSource, facts: MetricFacts): Promise<MetricProposal> {
  const metrics = await facts.metrics.pods(metric.name, facts.namespace, facts.selector, selectorText(metric)).catch((error: unknown) => {
    throw new Error(`unable to get metric ${metric.name}: ${messageOf(error)}`, { cause: error });
  });
  const { replicas, average } = byAverage({ ...facts, metrics }, quantityMilliValue(target.averageValue ?? '0'));
  return { replicas, name: `pods metric ${metric.name}`, status: { type: 'Pods', pods: { metric, current: { averageValue: milliQuantity(average) } } } };
}

async function byObject({ metric, target, describedObject }: autoscalingv2.ObjectMetricSource, facts: MetricFacts): Promise<MetricProposal> {
  const value = await facts.metrics.object(metric.name, facts.namespace, describedObject, selectorText(metric)).catch((error: unknown) => {
    throw new Error(`unable to get metric ${metric.name}: ${describedObject.kind} on ${facts.namespace} ${describedObject.name}/${messageOf(error)}`, { cause: error });
  });
  const { replicas, current } = whole(value, target, facts);
  return { replicas, name: `${describedObject.kind} metric ${metric.name}`, status: { type: 'Object', object: { metric, describedObject, current } } };
}

async function byExternal({ metric, target }: autoscalingv2.ExternalMetricSource, facts: MetricFacts): Promise<MetricProposal> {
  const values = await facts.metrics.external(metric.name, facts.namespace, selectorText(metric)).catch((error: unknown) => {
    throw new Error(`unable to get external metric ${facts.namespace}/${metric.name}: ${messageOf(error)}`, { cause: error });
  });
  const { replicas, current } = whole(values.reduce((sum, value) => sum + value, 0), target, facts);
  return { replicas, name: `external metric ${metric.name}`, status: { type: 'External', external: { metric, current } } };
}

/** A figure that is not any Pod's: against a target for all of them, or for each. */
function whole(value: number, target: autoscalingv2.MetricTarget, facts: MetricFacts): { replicas: number; current: autoscalingv2.MetricValueStatus } {
  if (target.averageValue === undefined) return { replicas: byValue(value, quantityMilliValue(target.value ?? '0'), facts), current: { value: milliQuantity(value) } };
  const each = facts.running === 0 ? value : Math.ceil(value / facts.running);
  return { replicas: byShare(value, quantityMilliValue(target.averageValue), facts.running, facts.tolerances), current: { averageValue: milliQuantity(each) } };
}
