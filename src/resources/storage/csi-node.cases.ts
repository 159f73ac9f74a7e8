/** CSINodes. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { csiNodeDefinition } from './csi-node.ts';

const driver = { name: 'disk.example.com', nodeID: 'a' };
const drivers = (...list: object[]): Patch => ({ spec: { drivers: list.map((more) => ({ ...driver, ...more })) } });

const cases: KindCases = {
  definition: csiNodeDefinition,
  base: drivers({}),
  accepted: [['none', drivers()], ['zones', drivers({ topologyKeys: ['example.com/zone'], allocatable: { count: 16 } })]],
  refused: [
    ['no node', drivers({ nodeID: '' }), ['spec.drivers[0].nodeID: Required value']],
    ['a long node', drivers({ nodeID: 'a'.repeat(193) }), [`spec.drivers[0].nodeID: Invalid value: "${'a'.repeat(193)}": must be 192 characters or less`]],
    ['a driver twice', drivers({}, {}), ['spec.drivers[1].name: Duplicate value: "disk.example.com"']],
    ['less than nothing', drivers({ allocatable: { count: -1 } }), ['spec.drivers[0].allocatable.count: Invalid value: -1: must be greater than or equal to 0']],
    ['a zone twice', drivers({ topologyKeys: ['zone', 'zone'] }), ['spec.drivers[0]: Duplicate value: "zone"']],
  ],
  updates: [
    { name: 'another driver', change: drivers({}, { name: 'file.example.com' }) },
    { name: 'how much it takes', change: drivers({ allocatable: { count: 3 } }) },
    { name: 'the node', change: drivers({ nodeID: 'b' }), refused: ['spec.drivers: Invalid value: {"name":"disk.example.com","nodeID":"b"}: field is immutable'] },
  ],
};
export default cases;
