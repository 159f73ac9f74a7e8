/** CSIStorageCapacities. */
import type { KindCases } from '../kind-cases.ts';
import { csiStorageCapacityDefinition } from './csi-storage-capacity.ts';

const cases: KindCases = {
  definition: csiStorageCapacityDefinition,
  base: { storageClassName: 'fast', capacity: '1Gi' },
  accepted: [['a part of the cluster', { nodeTopology: { matchLabels: { zone: 'a' } } }], ['an unknown amount', { capacity: null }]],
  refused: [['less than nothing', { capacity: '-1' }, ['capacity: Invalid value: "-1": must be greater than or equal to 0']]],
  updates: [
    { name: 'the amount', change: { capacity: '2Gi' } },
    { name: 'the class', change: { storageClassName: 'slow' }, refused: ['storageClassName: Invalid value: "slow": field is immutable'] },
    { name: 'the part of the cluster', change: { nodeTopology: {} }, refused: ['nodeTopology: Invalid value: {}: field is immutable'] },
  ],
};
export default cases;
