/** LimitRanges. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { limitRangeDefinition } from './limit-range.ts';

const limits = (...items: readonly object[]): Patch => ({ spec: { limits: items } });

const cases: KindCases = {
  definition: limitRangeDefinition,
  base: { spec: { limits: [{ type: 'Container', max: { cpu: '2' } }] } },
  defaults: [
    ['the largest is the usual', {}, { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, default: { cpu: '2' }, defaultRequest: { cpu: '2' } }] } }],
    ['the least is the usual request', limits({ type: 'Container', min: { cpu: '1' } }), { spec: { limits: [{ type: 'Container', min: { cpu: '1' }, defaultRequest: { cpu: '1' } }] } }],
  ],
  accepted: [['claims', limits({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } })], ['a ratio', limits({ type: 'Pod', maxLimitRequestRatio: { cpu: '2' } })]],
  refused: [
    ['an unknown type', limits({ type: 'Thing' }), ['spec.limits[0].type: Invalid value: "Thing": must be a standard limit type or fully qualified']],
    ['a type twice', limits({ type: 'Pod' }, { type: 'Pod' }), ['spec.limits[1].type: Duplicate value: "Pod"']],
    ['a default for Pods', limits({ type: 'Pod', default: { cpu: '1' } }), ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"]],
    ['claims without a bound', limits({ type: 'PersistentVolumeClaim' }), ['spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided']],
    ['a least above the largest', limits({ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }), ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1']],
    ['a default above the largest', limits({ type: 'Container', default: { cpu: '3' }, defaultRequest: { cpu: '1' }, max: { cpu: '2' } }), ['spec.limits[0].default[cpu]: Invalid value: "2": default value 3 is greater than max value 2']],
    ['a ratio below one', limits({ type: 'Pod', maxLimitRequestRatio: { cpu: '500m' } }), ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1']],
    ['a ratio above that of the bounds', limits({ type: 'Pod', min: { cpu: '1' }, max: { cpu: '1500m' }, maxLimitRequestRatio: { cpu: '2' } }), ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "2": ratio 2 is greater than max/min = 1.500000']],
    ['storage of containers', limits({ type: 'Container', max: { storage: '1Gi' } }), ['max', 'default', 'defaultRequest'].map((list) => `spec.limits[0].${list}[storage]: Invalid value: "storage": must be a standard resource for containers`)],
  ],
  updates: [{ name: 'anything', change: limits({ type: 'Pod', max: { cpu: '3' } }) }],
};
export default cases;
