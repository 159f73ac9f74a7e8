/** ResourceClaims. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { resourceClaimDefinition } from './resource-claim.ts';

const wanted = { deviceClassName: 'gpu.example.com' };
const request = (more: object): Patch => ({ spec: { devices: { requests: [{ name: 'gpu', ...more }] } } });
const exactly = (more: object): Patch => request({ exactly: { ...wanted, ...more } });
const at = (path: string, what: string): string[] => [`spec.devices.requests[0]${path}: ${what}`];
const oneForm = 'exactly one of `exactly` or `firstAvailable` is required';

const cases: KindCases = {
  definition: resourceClaimDefinition,
  base: exactly({}),
  defaults: [['one device', {}, { spec: { devices: { requests: [{ name: 'gpu', exactly: { ...wanted, allocationMode: 'ExactCount', count: 1 } }] } } }]],
  accepted: [['all', exactly({ allocationMode: 'All' })], ['what there is first', request({ firstAvailable: [{ name: 'big', ...wanted }, { name: 'small', ...wanted, count: 2 }] })], ['nothing', { spec: { devices: null } }]],
  refused: [
    ['no device', request({}), at('', `Required value: ${oneForm}`)],
    ['two forms', request({ exactly: wanted, firstAvailable: [{ name: 'a', ...wanted }] }), at('', `Invalid value: null: ${oneForm}, but multiple fields are set`)],
    ['no class', exactly({ deviceClassName: '' }), at('.exactly.deviceClassName', 'Required value')],
    ['fewer than none', exactly({ count: -1 }), at('.exactly.count', 'Invalid value: -1: must be greater than zero')],
    ['some of all', exactly({ allocationMode: 'All', count: 2 }), at('.exactly.count', "Invalid value: 2: must not be specified when allocationMode is 'All'")],
    ['an unknown mode', exactly({ allocationMode: 'Some' }), at('.exactly.allocationMode', 'Unsupported value: "Some": supported values: "All", "ExactCount"')],
  ],
  updates: [
    { name: 'labels', change: { metadata: { labels: { a: 'b' } } } },
    { name: 'the request', change: { spec: { devices: { requests: null } } }, refused: ['spec: Invalid value: {"devices":{}}: field is immutable'] },
  ],
};
export default cases;
