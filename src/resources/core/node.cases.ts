/** Nodes. */
import type { KindCases } from '../kind-cases.ts';
import { nodeDefinition } from './node.ts';

const taint = { key: 'a', value: 'b', effect: 'NoSchedule' };

const cases: KindCases = {
  definition: nodeDefinition,
  base: {},
  defaults: [
    ['what it has is what it can give', { status: { capacity: { cpu: '2' } } }, { status: { capacity: { cpu: '2' }, allocatable: { cpu: '2' } } }],
    ['no configuration from the API', { spec: { configSource: { configMap: { name: 'a', namespace: 'b', kubeletConfigKey: 'c' } } } }, { spec: {} }],
    ['one network and a list of networks', { spec: { podCIDR: '10.1.0.0/24' } }, { spec: { podCIDR: '10.1.0.0/24', podCIDRs: ['10.1.0.0/24'] } }],
  ],
  accepted: [['a key with two effects', { spec: { taints: [taint, { ...taint, effect: 'NoExecute' }] } }], ['a network of each family', { spec: { podCIDRs: ['10.1.0.0/24', 'fd00::/64'] } }]],
  refused: [
    ['an unknown effect', { spec: { taints: [{ key: 'a', effect: 'Never' }] } }, ['metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"']],
    ['a taint without an effect', { spec: { taints: [{ key: 'a' }] } }, ['metadata.taints[0].effect: Required value']],
    ['a taint twice', { spec: { taints: [taint, { ...taint, value: 'c' }] } }, ['metadata.taints[1]: Duplicate value: {"key":"a","value":"c","effect":"NoSchedule"}: taints must be unique by key and effect pair']],
    ['a network that is none', { spec: { podCIDRs: ['10.1.0.0'] } }, ['spec.podCIDRs[0]: Invalid value: "10.1.0.0": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    ['two networks of a family', { spec: { podCIDRs: ['10.1.0.0/24', '10.2.0.0/24'] } }, ['spec.podCIDRs: Invalid value: ["10.1.0.0/24","10.2.0.0/24"]: may specify no more than one CIDR for each IP family']],
    ['less than nothing', { status: { capacity: { cpu: '-1' }, allocatable: {} } }, ['status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0']],
  ],
  updates: [
    { name: 'taints and cordoning', change: { spec: { unschedulable: true, taints: [taint] } } },
    { name: 'a network is given', change: { spec: { podCIDR: '10.1.0.0/24' } } },
    { name: 'but does not change', before: { spec: { podCIDR: '10.1.0.0/24' } }, change: { spec: { podCIDR: '10.2.0.0/24', podCIDRs: ['10.2.0.0/24'] } }, refused: ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'] },
    { name: 'a provider’s name does not change', before: { spec: { providerID: 'a://1' } }, change: { spec: { providerID: 'a://2' } }, refused: ['spec.providerID: Forbidden: node updates may not change providerID except from "" to valid'] },
    { name: 'an address twice', subresource: 'status', change: { status: { addresses: [{ type: 'InternalIP', address: '10.0.0.1' }, { type: 'InternalIP', address: '10.0.0.1' }] } }, refused: ['status.addresses[1]: Duplicate value: {"type":"InternalIP","address":"10.0.0.1"}'] },
  ],
};
export default cases;
