/** PodDisruptionBudgets. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { podDisruptionBudgetDefinition } from './pod-disruption-budget.ts';

const spec = (more: object): Patch => ({ spec: more });
const status = (more: object): Patch => ({ status: { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 1, desiredHealthy: 0, expectedPods: 1, ...more } });
const condition = { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
const share = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

const cases: KindCases = {
  definition: podDisruptionBudgetDefinition,
  base: { spec: { minAvailable: 1, selector: { matchLabels: { app: 'a' } } } },
  accepted: [
    ['a share', spec({ minAvailable: '50%' })],
    ['how many may be missing', spec({ minAvailable: null, maxUnavailable: 1 })],
    ['no selector: no Pods', spec({ selector: null })],
    ['no amount', spec({ minAvailable: null })],
    ['unhealthy Pods go first', spec({ unhealthyPodEvictionPolicy: 'AlwaysAllow' })],
  ],
  refused: [
    ['both amounts', spec({ maxUnavailable: 1 }), ['spec: Invalid value: {"minAvailable":1,"selector":{"matchLabels":{"app":"a"}},"maxUnavailable":1}: minAvailable and maxUnavailable cannot be both set']],
    ['fewer than none', spec({ minAvailable: -1 }), ['spec.minAvailable: Invalid value: -1: must be greater than or equal to 0']],
    ['a text', spec({ minAvailable: 'half' }), [`spec.minAvailable: Invalid value: "half": ${share}`]],
    ['more than all', spec({ minAvailable: null, maxUnavailable: '101%' }), ['spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%']],
    ['an unknown policy', spec({ unhealthyPodEvictionPolicy: 'Never' }), ['spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"']],
    ['a selector of an unknown operator', spec({ selector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } }), ['spec.selector.matchExpressions[0].operator: Invalid value: "Near": not a valid selector operator']],
  ],
  updates: [
    { name: 'everything', change: spec({ minAvailable: null, maxUnavailable: '10%', selector: { matchLabels: { app: 'b' } } }) },
    { name: 'the status', subresource: 'status', change: status({ conditions: [condition] }) },
    { name: 'a count below none', subresource: 'status', change: status({ disruptionsAllowed: -1, expectedPods: -2 }), refused: ['disruptionsAllowed: Invalid value: -1', 'expectedPods: Invalid value: -2'].map((what) => `status.${what}: must be greater than or equal to 0`) },
    { name: 'a count below none, through v1beta1', version: 'v1beta1', subresource: 'status', change: status({ disruptionsAllowed: -1 }) },
    {
      name: 'a condition twice and of no reason', subresource: 'status', change: status({ conditions: [condition, { ...condition, status: 'Maybe', reason: '' }] }),
      refused: ['type: Duplicate value: "DisruptionAllowed"', 'status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"', 'reason: Required value: must be set'].map((what) => `status.conditions[1].${what}`),
    },
    {
      name: 'a reason of two words', subresource: 'status', change: status({ conditions: [{ ...condition, reason: 'two words' }] }),
      refused: ["status.conditions[0].reason: Invalid value: \"two words\": a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')"],
    },
  ],
};
export default cases;
