/** Validation of what an autoscaler measures and how it moves. Upstream: pkg/apis/autoscaling/validation */
import { forbidden, invalid, notSupported, required, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import { compareQuantities, isQuantity } from '../../apimachinery/quantity.ts';
import type * as autoscalingv2 from '../types/autoscaling-v2.ts';
import { checkedText, oneOf, supportedOnly } from '../validation/fields.ts';
import { notNegative, positive, checkPathSegmentName } from '../validation/names.ts';

const sourceOf = { ContainerResource: 'containerResource', External: 'external', Object: 'object', Pods: 'pods', Resource: 'resource' } as const;
const types = Object.keys(sourceOf);

export function validateMetric(metric: autoscalingv2.MetricSpec, path: FieldPath): FieldError[] {
  const at = path.child('type');
  if (!metric.type) return [required(at, 'must specify a metric source type'), notSupported(at, '', types)];
  if (!types.includes(metric.type)) return [notSupported(at, metric.type, types)];
  const expected = sourceOf[metric.type as keyof typeof sourceOf];
  const errors = metric[expected] === undefined ? [required(path.child(expected), 'must populate information for the given metric source')] : [];
  for (const name of Object.values(sourceOf)) {
    if (name !== expected && metric[name] !== undefined) errors.push(forbidden(path.child(name), 'must populate the given metric source only'));
  }
  if (errors.length > 0) return errors;
  return [...validateIdentity(metric, path), ...validateTarget(metric[expected]?.target, path.child(expected, 'target'), metric.type)];
}

/** What is measured: an object, a resource of a container, a metric by name. */
function validateIdentity({ object, containerResource, resource, external, pods }: autoscalingv2.MetricSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  if (object !== undefined) {
    const at = path.child('object', 'describedObject');
    errors.push(...checkedText(at.child('kind'), object.describedObject?.kind, checkPathSegmentName), ...checkedText(at.child('name'), object.describedObject?.name, checkPathSegmentName));
  }
  for (const [name, source] of Object.entries({ external, object, pods })) {
    if (source !== undefined) errors.push(...checkedText(path.child(name, 'metric', 'name'), source.metric?.name, checkPathSegmentName));
  }
  if (containerResource?.name === '') errors.push(required(path.child('containerResource', 'name'), 'must specify a resource name'));
  if (containerResource?.container === '') errors.push(required(path.child('containerResource', 'container'), 'must specify a container'));
  if (resource?.name === '') errors.push(required(path.child('resource', 'name'), 'must specify a resource name'));
  return errors;
}

function validateTarget(target: autoscalingv2.MetricTarget | undefined, path: FieldPath, kind: string): FieldError[] {
  const { type, value, averageValue, averageUtilization } = target ?? {};
  const errors = oneOf(path.child('type'), type, ['AverageValue', 'Utilization', 'Value']);
  if (averageUtilization !== undefined && averageUtilization < 1) errors.push(invalid(path.child('averageUtilization'), averageUtilization, positive));
  switch (kind) {
    case 'Object':
      if (value === undefined && averageValue === undefined) errors.push(required(path.child('averageValue'), 'must set either a target value or averageValue'));
      return errors;
    case 'External':
      if (value === undefined && averageValue === undefined) errors.push(required(path.child('averageValue'), 'must set either a target value for metric or a per-pod target'));
      if (value !== undefined && averageValue !== undefined) errors.push(forbidden(path.child('value'), 'may not set both a target value for metric and a per-pod target'));
      return errors;
    case 'Pods':
      if (averageValue === undefined) errors.push(required(path.child('averageValue'), 'must specify a positive target averageValue'));
      return errors;
    default:
      if (averageUtilization === undefined && averageValue === undefined) errors.push(required(path.child('averageUtilization'), 'must set either a target raw value or a target utilization'));
      if (averageUtilization !== undefined && averageValue !== undefined) errors.push(forbidden(path.child('averageValue'), 'may not set both a target raw value and a target utilization'));
      return errors;
  }
}

export function validateBehavior({ scaleUp, scaleDown }: autoscalingv2.HorizontalPodAutoscalerBehavior, path: FieldPath): FieldError[] {
  return [...validateScaling(scaleUp, path.child('scaleUp')), ...validateScaling(scaleDown, path.child('scaleDown'))];
}

const longest = { window: 3600, period: 1800 };

function validateScaling(rules: autoscalingv2.HPAScalingRules | undefined, path: FieldPath): FieldError[] {
  if (rules === undefined) return [];
  const { stabilizationWindowSeconds: window = 0, selectPolicy, policies = [] } = rules;
  const errors: FieldError[] = [];
  const at = path.child('stabilizationWindowSeconds');
  if (window < 0) errors.push(invalid(at, window, 'must be greater than or equal to zero'));
  if (window > longest.window) errors.push(invalid(at, window, `must be less than or equal to ${longest.window}`));
  errors.push(...supportedOnly(path.child('selectPolicy'), selectPolicy, ['Disabled', 'Max', 'Min']));
  if (policies.length === 0) errors.push(required(path.child('policies'), 'must specify at least one Policy'));
  errors.push(...policies.flatMap((policy, i) => validatePolicy(policy, path.child('policies').index(i))));
  const { tolerance } = rules;
  if (tolerance !== undefined && isQuantity(tolerance) && compareQuantities(tolerance, '0') < 0) errors.push(invalid(path.child('tolerance'), tolerance, notNegative));
  return errors;
}

function validatePolicy({ type, value, periodSeconds }: autoscalingv2.HPAScalingPolicy, path: FieldPath): FieldError[] {
  const errors = supportedOnly(path.child('type'), type ?? '', ['Percent', 'Pods']);
  const above = 'must be greater than zero';
  if ((value ?? 0) <= 0) errors.push(invalid(path.child('value'), value ?? 0, above));
  if ((periodSeconds ?? 0) <= 0) errors.push(invalid(path.child('periodSeconds'), periodSeconds ?? 0, above));
  if (periodSeconds > longest.period) errors.push(invalid(path.child('periodSeconds'), periodSeconds, `must be less than or equal to ${longest.period}`));
  return errors;
}
