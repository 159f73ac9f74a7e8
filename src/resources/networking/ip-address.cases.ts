/** IPAddresses. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { ipAddressDefinition } from './ip-address.ts';

const parent = (more: object): Patch => ({ spec: { parentRef: more } });
const ref = { resource: 'services', namespace: 'default', name: 'web' };

const cases: KindCases = {
  definition: ipAddressDefinition,
  base: { metadata: { name: '10.96.0.7' }, spec: { parentRef: ref } },
  accepted: [['IPv6', { metadata: { name: 'fd00::7' } }], ['a parent of no namespace', parent({ namespace: null })], ['a parent of a group', parent({ group: 'gateway.networking.k8s.io', resource: 'gateways' })]],
  refused: [
    ['a name that is no address', { metadata: { name: 'web' } }, ['metadata.name: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    ['no parent', { spec: { parentRef: null } }, ['spec.parentRef: Required value']],
    ['a parent without a resource', parent({ resource: '' }), ['spec.parentRef.resource: Required value']],
    ['a parent without a name', parent({ name: '' }), ['spec.parentRef.name: Required value']],
    ['a name that is a path', parent({ name: 'a/b' }), ['spec.parentRef.name: Invalid value: "a/b": may not contain \'/\'']],
  ],
  updates: [
    { name: 'labels', change: { metadata: { labels: { a: 'b' } } } },
    { name: 'another parent', change: parent({ name: 'other' }), refused: ['spec.parentRef: Invalid value: {"resource":"services","namespace":"default","name":"other"}: field is immutable'] },
  ],
};
export default cases;
