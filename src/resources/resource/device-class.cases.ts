/** DeviceClasses. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { deviceClassDefinition } from './device-class.ts';

const config = (opaque: object | undefined): Patch => ({ spec: { config: [opaque === undefined ? {} : { opaque }] } });
const selector = (expression: string): object => ({ cel: { expression } });

const cases: KindCases = {
  definition: deviceClassDefinition,
  base: { spec: {} },
  accepted: [
    ['selectors and settings', { spec: { selectors: [selector('device.driver == "gpu.example.com"')], config: [{ opaque: { driver: 'gpu.example.com', parameters: { mode: 'shared' } } }] } }],
    ['an extended resource', { spec: { extendedResourceName: 'example.com/gpu' } }],
  ],
  refused: [
    ['a selector of nothing', { spec: { selectors: [{}] } }, ['spec.selectors[0].cel: Required value']],
    ['a long expression', { spec: { selectors: [selector('x'.repeat(10241))] } }, ['spec.selectors[0].cel.expression: Too long: may not be more than 10240 bytes']],
    ['33 selectors', { spec: { selectors: Array(33).fill(selector('true')) } }, ['spec.selectors: Too many: 33: must have at most 32 items']],
    ['settings for nobody', config(undefined), ['spec.config[0].opaque: Required value']],
    ['settings of nothing', config({ driver: '', parameters: null }), [
      'spec.config[0].opaque.driver: Required value',
      "spec.config[0].opaque.driver: Invalid value: \"\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      'spec.config[0].opaque.parameters: Required value',
    ]],
    ['long settings', config({ driver: 'a.b', parameters: { a: 'x'.repeat(10240) } }), ['spec.config[0].opaque.parameters: Too long: may not be more than 10240 bytes']],
    ['a resource that is Kubernetes\' own', { spec: { extendedResourceName: 'kubernetes.io/gpu' } }, ['spec.extendedResourceName: Invalid value: "kubernetes.io/gpu": must be a valid extended resource name']],
  ],
  updates: [{ name: 'the selectors', change: { spec: { selectors: [selector('true')] } } }],
};
export default cases;
