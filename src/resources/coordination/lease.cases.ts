/** Leases. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { leaseDefinition } from './lease.ts';

const spec = (more: object): Patch => ({ spec: more });

const cases: KindCases = {
  definition: leaseDefinition,
  base: { spec: { holderIdentity: 'one', leaseDurationSeconds: 15 } },
  defaults: [['leaders chosen by a coordinator are off', spec({ strategy: 'OldestEmulationVersion', preferredHolder: 'two' }), { spec: { holderIdentity: 'one', leaseDurationSeconds: 15 } }]],
  accepted: [['nothing in it', { spec: null }], ['nobody holds it', spec({ holderIdentity: '' })], ['all times', spec({ acquireTime: '2026-01-01T00:00:00.000000Z', renewTime: '2026-01-01T00:00:00.000000Z', leaseTransitions: 0 })]],
  refused: [
    ['no time at all', spec({ leaseDurationSeconds: 0 }), ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0']],
    ['fewer than no transitions', spec({ leaseTransitions: -1 }), ['spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0']],
  ],
  updates: [
    { name: 'another holder', change: spec({ holderIdentity: 'two', leaseTransitions: 1 }) },
    { name: 'a negative duration', change: spec({ leaseDurationSeconds: -1 }), refused: ['spec.leaseDurationSeconds: Invalid value: -1: must be greater than 0'] },
  ],
};
export default cases;
