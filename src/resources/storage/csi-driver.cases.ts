/** CSIDrivers. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { csiDriverDefinition } from './csi-driver.ts';

const given = (more: object): Patch => ({ spec: more });
const tokens = (...list: object[]): Patch => given({ tokenRequests: list });

const cases: KindCases = {
  definition: csiDriverDefinition,
  base: { spec: {} },
  defaults: [['what most drivers need', {}, { spec: { attachRequired: true, podInfoOnMount: false, storageCapacity: false, fsGroupPolicy: 'ReadWriteOnceWithFSType', volumeLifecycleModes: ['Persistent'], requiresRepublish: false, seLinuxMount: false } }]],
  accepted: [['tokens', tokens({ audience: 'a' }, { audience: '', expirationSeconds: 600 })]],
  refused: [
    ['an unknown group policy', given({ fsGroupPolicy: 'Maybe' }), ['spec.fsGroupPolicy: Unsupported value: "Maybe": supported values: "File", "None", "ReadWriteOnceWithFSType"']],
    ['an unknown lifecycle', given({ volumeLifecycleModes: ['Short'] }), ['spec.volumeLifecycleModes: Unsupported value: "Short": supported values: "Persistent", "Ephemeral"']],
    ['an audience twice', tokens({ audience: 'a' }, { audience: 'a' }), ['spec.tokenRequests[1].audience: Duplicate value: "a"']],
    ['a token of a minute', tokens({ audience: 'a', expirationSeconds: 60 }), ['spec.tokenRequests[0].expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes']],
    ['a token of centuries', tokens({ audience: 'a', expirationSeconds: 2 ** 33 }), ['spec.tokenRequests[0].expirationSeconds: Invalid value: 8589934592: may not specify a duration larger than 2^32 seconds']],
    ['reports each second', given({ nodeAllocatableUpdatePeriodSeconds: 1 }), ['spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 1: must be greater than or equal to 10 seconds']],
  ],
  updates: [
    { name: 'tokens', change: tokens({ audience: 'a' }) },
    { name: 'whether volumes are attached', change: given({ attachRequired: false }), refused: ['spec.attachedRequired: Invalid value: false: field is immutable'] },
    { name: 'the lifecycle', change: given({ volumeLifecycleModes: ['Ephemeral'] }), refused: ['spec.volumeLifecycleModes: Invalid value: ["Ephemeral"]: field is immutable'] },
  ],
};
export default cases;
