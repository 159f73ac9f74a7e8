/** ResourceSlices. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { resourceSliceDefinition } from './resource-slice.ts';

const device = (more: object = {}): Patch => ({ spec: { devices: [{ name: 'gpu-0', ...more }] } });
const at = (path: string, what: string): string[] => [`spec.devices[0]${path}: ${what}`];
const shared = (requestPolicy: object): Patch => device({ allowMultipleAllocations: true, capacity: { memory: { value: '10Gi', requestPolicy } } });
const policy = '.capacity[memory].requestPolicy';
const identifier =
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";
const oneWay = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
const oneWayEach = 'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec';
const term = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] };

const cases: KindCases = {
  definition: resourceSliceDefinition,
  base: { spec: { driver: 'gpu.example.com', nodeName: 'n1', pool: { name: 'n1/gpus', generation: 1, resourceSliceCount: 1 } } },
  accepted: [
    ['devices', device({ attributes: { model: { string: 'a100' }, 'example.com/index': { int: 0 }, driverVersion: { version: '1.2.3-rc.1' } }, capacity: { memory: { value: '10Gi' } } })],
    ['nodes by their labels', { spec: { nodeName: null, nodeSelector: { nodeSelectorTerms: [term] } } }],
    ['each device its nodes', { spec: { nodeName: null, perDeviceNodeSelection: true, devices: [{ name: 'a', allNodes: true }, { name: 'b', nodeName: 'n2' }] } }],
    ['shared counters', { spec: { sharedCounters: [{ name: 'gpu', counters: { memory: { value: '10Gi' } } }] } }],
    ['a device that is shared', shared({ default: '1Gi', validRange: { min: '1Gi', max: '4Gi', step: '1Gi' } })],
    ['conditions for binding', device({ bindingConditions: ['example.com/ready'], bindingFailureConditions: ['example.com/failed'] })],
  ],
  refused: [
    ['no nodes', { spec: { nodeName: null } }, [`spec: Required value: ${oneWay}`]],
    ['two kinds of nodes', { spec: { allNodes: true } }, [`spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": ${oneWay}, but multiple fields are set`]],
    ['not all nodes', { spec: { nodeName: null, allNodes: false } }, ['spec.allNodes: Invalid value: false: must be either unset or set to true', `spec: Required value: ${oneWay}`]],
    ['two terms', { spec: { nodeName: null, nodeSelector: { nodeSelectorTerms: [term, term] } } }, [`spec.nodeSelector.nodeSelectorTerms: Invalid value: ${JSON.stringify([term, term])}: must have exactly one node selector term`]],
    ['no pool', { spec: { pool: { name: '', generation: -1, resourceSliceCount: 0 } } }, ['spec.pool.name: Required value', 'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero', 'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero']],
    ['counters and devices', { spec: { devices: [{ name: 'a' }], sharedCounters: [{ name: 'gpu', counters: { memory: { value: '1' } } }] } }, ['spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed']],
    ['a counter set of nothing', { spec: { sharedCounters: [{ name: '', counters: {} }] } }, ['spec.sharedCounters[0].name: Required value', 'spec.sharedCounters[0].counters: Required value']],
    ['a device twice', { spec: { devices: [{ name: 'a' }, { name: 'a' }] } }, ['spec.devices[1]: Duplicate value: "a"']],
    ['129 devices', { spec: { devices: Array.from({ length: 129 }, (_, i) => ({ name: `d${i}` })) } }, ['spec.devices: Too many: 129: must have at most 128 items']],
    ['65 devices, one with a taint', { spec: { devices: Array.from({ length: 65 }, (_, i) => ({ name: `d${i}`, ...(i === 0 ? { taints: [{ key: 'a', effect: 'NoSchedule' }] } : {}) })) } }, ['spec.devices: Too many: 65: must have at most 64 items']],
    ['an attribute of nothing', device({ attributes: { model: {} } }), at('.attributes[model]', 'Invalid value: "": exactly one value must be specified')],
    ['an attribute of two values', device({ attributes: { model: { int: 1, bool: true } } }), at('.attributes[model]', 'Invalid value: {"int":1,"bool":true}: exactly one value must be specified')],
    ['a list of nothing', device({ attributes: { models: { strings: [] } } }), at('.attributes[models].strings', 'Invalid value: []: must not be empty if specified')],
    ['a long text, no version', device({ attributes: { model: { string: 'x'.repeat(65) }, version: { version: '1.2' } } }), [
      ...at('.attributes[model].string', 'Too long: may not be more than 64 bytes'), ...at('.attributes[version].version', 'Invalid value: "1.2": must be a string compatible with semver.org spec 2.0.0'),
    ]],
    ['names that are none', device({ attributes: { '1a': { int: 1 }, '/b': { int: 1 }, 'a/b/c': { int: 1 } } }), [
      ...at('.attributes', `Invalid value: "1a": ${identifier}`), ...at('.attributes', 'Invalid value: "": the domain must not be empty'), ...at('.attributes', 'Invalid value: "a/b/c": must not contain more than one slash'),
    ]],
    ['33 features', device({ attributes: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, { int: i }])) }), at('', 'Invalid value: 33: the total number of attributes and capacities must not exceed 32')],
    ['a taint without effect', device({ taints: [{ key: 'a', effect: '' }] }), at('.taints[0].effect', 'Required value')],
    ['a taint of an unknown effect', device({ taints: [{ key: 'a', effect: 'Burn' }] }), at('.taints[0].effect', 'Unsupported value: "Burn": supported values: "NoExecute", "NoSchedule", "None"')],
    ['nodes of a device', device({ nodeName: 'n2' }), at('', 'Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec')],
    ['a device of no nodes', { spec: { nodeName: null, perDeviceNodeSelection: true, devices: [{ name: 'a' }] } }, at('', `Required value: ${oneWayEach}`)],
    ['half the conditions', device({ bindingConditions: ['a'] }), at('.bindingFailureConditions', 'Invalid value: []: bindingFailureConditions are required to use bindingConditions')],
    ['conditions for both', device({ bindingConditions: ['a'], bindingFailureConditions: ['a', 'a'] }), [
      ...at('.bindingFailureConditions[0]', 'Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions'),
      ...at('.bindingFailureConditions[1]', 'Duplicate value: "a"'), ...at('.bindingFailureConditions[1]', 'Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions'),
    ]],
    ['a policy of a device for one', device({ capacity: { memory: { value: '1Gi', requestPolicy: { default: '1Gi' } } } }), at(policy, 'Forbidden: allowMultipleAllocations must be true')],
    ['a policy without default', shared({ validValues: ['1Gi'] }), at(`${policy}.default`, 'Required value: required when validValues is defined')],
    ['values in no order', shared({ default: '1Gi', validValues: ['2Gi', '1Gi', '20Gi'] }), [
      ...at(`${policy}.validValues[1]`, 'Invalid value: "1Gi": values must be sorted in ascending order'), ...at(`${policy}.validValues[2]`, 'Invalid value: "20Gi": option is larger than capacity value: 10Gi'),
    ]],
    ['a default that is none', shared({ default: '3Gi', validValues: ['1Gi'] }), at(`${policy}.validValues`, 'Invalid value: "3Gi": default value is not valid according to the requestPolicy')],
    ['a range with steps beside it', shared({ default: '2Gi', validRange: { min: '1Gi', max: '4Gi', step: '2Gi' } }), [
      ...at(`${policy}.validRange.step`, 'Invalid value: "2Gi": value is not a multiple of a given step (2Gi) from (1Gi)'), ...at(`${policy}.validRange.step`, 'Invalid value: "4Gi": value is not a multiple of a given step (2Gi) from (1Gi)'),
    ]],
  ],
  updates: [
    { name: 'the devices', change: device() },
    { name: 'what it is of', change: { spec: { nodeName: 'n2', driver: 'other.example.com', pool: { name: 'other' } } }, refused: ['spec.pool.name: Invalid value: "other": field is immutable', 'spec.driver: Invalid value: "other.example.com": field is immutable', 'spec.nodeName: Invalid value: "n2": field is immutable'] },
  ],
};
export default cases;
