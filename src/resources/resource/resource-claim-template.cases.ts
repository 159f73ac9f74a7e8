/** ResourceClaimTemplates: claims, one level deeper. */
import type { KindCases } from '../kind-cases.ts';
import { resourceClaimTemplateDefinition } from './resource-claim-template.ts';

const claim = (exactly: object): object => ({ devices: { requests: [{ name: 'gpu', exactly }] } });

const cases: KindCases = {
  definition: resourceClaimTemplateDefinition,
  base: { spec: { spec: claim({ deviceClassName: 'gpu.example.com' }) } },
  defaults: [['one device', {}, { spec: { spec: claim({ deviceClassName: 'gpu.example.com', allocationMode: 'ExactCount', count: 1 }) } }]],
  refused: [['no class', { spec: { spec: claim({ deviceClassName: '' }) } }, ['spec.spec.devices.requests[0].exactly.deviceClassName: Required value']]],
  updates: [{ name: 'the claim', change: { spec: { spec: { devices: null } } }, refused: ['spec: Invalid value: {"spec":{}}: field is immutable'] }],
};
export default cases;
