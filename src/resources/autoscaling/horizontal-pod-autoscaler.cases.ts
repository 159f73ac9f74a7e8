/** HorizontalPodAutoscalers. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { horizontalPodAutoscalerDefinition } from './horizontal-pod-autoscaler.ts';

const given = (more: object): Patch => ({ spec: more });
const metric = (one: object): Patch => given({ metrics: [one] });
const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
const external = (target: object): Patch => metric({ type: 'External', external: { metric: { name: 'queue' }, target } });
const down = (more: object): Patch => given({ behavior: { scaleDown: more } });
const policy = (more: object): Patch => down({ policies: [{ type: 'Pods', value: 1, periodSeconds: 60, ...more }] });
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const rule = 'spec.behavior.scaleDown';

const cases: KindCases = {
  definition: horizontalPodAutoscalerDefinition,
  base: { spec: { scaleTargetRef, maxReplicas: 3 } },
  defaults: [
    ['80 % of the CPU', {}, { spec: { scaleTargetRef, minReplicas: 1, maxReplicas: 3, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] } }],
  ],
  accepted: [['a metric', metric(cpu)], ['a queue', external({ type: 'AverageValue', averageValue: '5' })], ['slowly down', policy({})], ['never down', down({ selectPolicy: 'Disabled' })]],
  refused: [
    ['a tolerance below zero', down({ tolerance: '-100m' }), [`${rule}.tolerance: Invalid value: "-100m": must be greater than or equal to 0`]],
    ['no minimum', given({ minReplicas: 0 }), ['spec.minReplicas: Invalid value: 0: must be greater than or equal to 1']],
    ['no maximum', given({ maxReplicas: 0 }), ['spec.maxReplicas: Invalid value: 0: must be greater than 0', 'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`']],
    ['less than the minimum', given({ minReplicas: 5 }), ['spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`']],
    ['a target without a name', given({ scaleTargetRef: { name: '' } }), ['spec.scaleTargetRef.name: Required value']],
    ['an unknown metric', metric({ type: 'Mood' }), ['spec.metrics[0].type: Unsupported value: "Mood": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"']],
    ['a metric without a source', metric({ type: 'Resource' }), ['spec.metrics[0].resource: Required value: must populate information for the given metric source']],
    ['two sources', metric({ ...cpu, pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '1' } } }), ['spec.metrics[0].pods: Forbidden: must populate the given metric source only']],
    ['no value', external({ type: 'Value' }), ['spec.metrics[0].external.target.averageValue: Required value: must set either a target value for metric or a per-pod target']],
    ['two values', external({ type: 'Value', value: '1', averageValue: '1' }), ['spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target']],
    ['a long window', down({ stabilizationWindowSeconds: 3601 }), [`${rule}.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600`]],
    ['an unknown choice', down({ selectPolicy: 'Mean' }), [`${rule}.selectPolicy: Unsupported value: "Mean": supported values: "Disabled", "Max", "Min"`]],
    ['no policies', down({ policies: [] }), [`${rule}.policies: Required value: must specify at least one Policy`]],
    ['an unknown policy', policy({ type: 'Nodes' }), [`${rule}.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"`]],
    ['a policy of nothing', policy({ value: 0 }), [`${rule}.policies[0].value: Invalid value: 0: must be greater than zero`]],
    ['a long period', policy({ periodSeconds: 1801 }), [`${rule}.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800`]],
  ],
  updates: [
    { name: 'the maximum', change: given({ maxReplicas: 5 }) },
    { name: 'less than nothing', subresource: 'status', change: { status: { desiredReplicas: -1 } }, refused: ['status.desiredReplicas: Invalid value: -1: must be greater than or equal to 0'] },
  ],
};
export default cases;
