/** Endpoints. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { endpointsDefinition } from './endpoints.ts';

const subset = (more: object): Patch => ({ subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ port: 80 }], ...more }] });

const cases: KindCases = {
  definition: endpointsDefinition,
  base: { subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ port: 80 }] }] },
  defaults: [['TCP', {}, { subsets: [{ addresses: [{ ip: '10.1.0.1' }], ports: [{ port: 80, protocol: 'TCP' }] }] }]],
  accepted: [['none', { subsets: null }], ['without ports', subset({ ports: null })]],
  refused: [
    ['no addresses', subset({ addresses: null }), ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
    ['a loopback address', subset({ addresses: [{ ip: '127.0.0.1' }] }), ['subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']],
    ['a link-local address', subset({ addresses: [{ ip: '169.254.169.254' }] }), ['subsets[0].addresses[0].ip: Invalid value: "169.254.169.254": may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
    ['ports without names', subset({ ports: [{ port: 80 }, { port: 81 }] }), ['subsets[0].ports[0].name: Required value', 'subsets[0].ports[1].name: Required value']],
    ['an unknown protocol', subset({ ports: [{ port: 80, protocol: 'HTTP' }] }), ['subsets[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "SCTP", "TCP", "UDP"']],
  ],
  updates: [{ name: 'addresses', change: subset({ addresses: [{ ip: '10.1.0.2' }] }) }],
};
export default cases;
