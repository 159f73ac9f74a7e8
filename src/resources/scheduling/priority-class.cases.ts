/** PriorityClasses. */
import type { KindCases } from '../kind-cases.ts';
import { priorityClassDefinition } from './priority-class.ts';

const reserved = "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error:";
const system = { metadata: { name: 'system-node-critical' }, value: 2000001000 };

const cases: KindCases = {
  definition: priorityClassDefinition,
  base: { value: 1000 },
  defaults: [['lower ones give way', {}, { preemptionPolicy: 'PreemptLowerPriority', globalDefault: null }]],
  accepted: [['below zero', { value: -5 }], ['the highest', { value: 1_000_000_000 }], ['a patient one', { preemptionPolicy: 'Never', globalDefault: true, description: 'for batches' }]],
  refused: [
    ['too high', { value: 1_000_000_001 }, ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000']],
    ['a reserved name', { metadata: { name: 'system-mine' } }, [`${reserved} system-mine is not a known system priority class`]],
    ['another value of a known one', { ...system, value: 5 }, [`${reserved} value of system-node-critical PriorityClass must be 2000001000`]],
    ['a known one for all', { ...system, globalDefault: true }, [`${reserved} globalDefault of system-node-critical PriorityClass must be false`]],
    ['an unknown policy', { preemptionPolicy: 'Always' }, ['preemptionPolicy: Unsupported value: "Always": supported values: "Never", "PreemptLowerPriority"']],
  ],
  updates: [
    { name: 'the description and whether it is for all', change: { description: 'x', globalDefault: true } },
    { name: 'the value', change: { value: 7 }, refused: ['value: Forbidden: may not be changed in an update.'] },
    { name: 'the policy', change: { preemptionPolicy: 'Never' }, refused: ['preemptionPolicy: Invalid value: "Never": field is immutable'] },
  ],
};
export default cases;
