/** NetworkPolicies. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { networkPolicyDefinition } from './network-policy.ts';

const given = (more: object): Patch => ({ spec: more });
const port = (more: object): Patch => given({ ingress: [{ ports: [{ port: 80, ...more }] }] });
const peer = (more: object): Patch => given({ ingress: [{ from: [more] }] });
const block = (cidr: string, ...except: string[]): Patch => peer({ ipBlock: { cidr, except } });
const firstPort = 'spec.ingress[0].ports[0]';
const firstPeer = 'spec.ingress[0].from[0]';
const notNetwork = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

const cases: KindCases = {
  definition: networkPolicyDefinition,
  base: { spec: { podSelector: {} } },
  defaults: [
    ['what comes in', {}, { spec: { podSelector: {}, policyTypes: ['Ingress'] } }],
    ['what goes out as well', given({ egress: [{}] }), { spec: { podSelector: {}, egress: [{}], policyTypes: ['Ingress', 'Egress'] } }],
    ['TCP', port({}), { spec: { podSelector: {}, ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }], policyTypes: ['Ingress'] } }],
    ['types a client gave', given({ policyTypes: ['Egress'] }), { spec: { podSelector: {}, policyTypes: ['Egress'] } }],
  ],
  accepted: [
    ['ports by name', port({ port: 'http' })],
    ['a range of ports', port({ endPort: 90 })],
    ['a network with a hole', block('10.0.0.0/8', '10.1.0.0/16')],
    ['a network of IPv6 with a hole', block('2001:db8::/32', '2001:db8:1::/48')],
    ['two selectors', peer({ podSelector: {}, namespaceSelector: {} })],
  ],
  refused: [
    ...([
      ['10.1.0.1/16', 'must not have bits set beyond the prefix length'], ['010.1.0.0/16', 'must not have leading 0s in IP or prefix length'], ['10.1.0.0/016', 'must not have leading 0s in IP or prefix length'],
      ['::ffff:10.1.0.0/112', 'must not have an IPv4-mapped IPv6 address'], ['10.1.0.0/33', 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'],
    ] as const).map(([cidr, problem]) => [`the network ${cidr}`, { spec: { ingress: [{ from: [{ ipBlock: { cidr } }] }] } }, [`spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "${cidr}": ${problem}`]] as const),
    ['an unknown type', given({ policyTypes: ['Both'] }), ['spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"']],
    ['three types', given({ policyTypes: ['Ingress', 'Egress', 'Ingress'] }), ['spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes']],
    ['an unknown protocol', port({ protocol: 'HTTP' }), [`${firstPort}.protocol: Unsupported value: "HTTP": supported values: "TCP", "UDP", "SCTP"`]],
    ['a port out of range', port({ port: 0 }), [`${firstPort}.port: Invalid value: 0: must be between 1 and 65535, inclusive`]],
    ['a range from a name', port({ port: 'http', endPort: 90 }), [`${firstPort}.endPort: Invalid value: 90: may not be specified when \`port\` is non-numeric`]],
    ['a range from nothing', port({ port: undefined, endPort: 90 }), [`${firstPort}.endPort: Invalid value: 90: may not be specified when \`port\` is not specified`]],
    ['a range that goes down', port({ endPort: 70 }), [`${firstPort}.endPort: Invalid value: 70: must be greater than or equal to \`port\``]],
    ['an empty peer', peer({}), [`${firstPeer}: Required value: must specify a peer`]],
    ['two kinds of peer', peer({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }), [`${firstPeer}: Forbidden: may not specify both ipBlock and another peer`]],
    ['no network', block(''), [`${firstPeer}.ipBlock.cidr: Required value`]],
    ['an address for a network', block('10.0.0.1'), [`${firstPeer}.ipBlock.cidr: Invalid value: "10.0.0.1": ${notNetwork}`]],
    ['a hole that is no network', block('10.0.0.0/8', 'x'), [`${firstPeer}.ipBlock.except[0]: Invalid value: "x": ${notNetwork}`]],
    ['a hole outside', block('10.0.0.0/8', '11.0.0.0/16'), [`${firstPeer}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``]],
    ['a hole as large as the network', block('10.0.0.0/8', '10.0.0.0/8'), [`${firstPeer}.ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``]],
    ['what goes out, to nobody', given({ egress: [{ to: [{}] }] }), ['spec.egress[0].to[0]: Required value: must specify a peer']],
  ],
  warnings: [['a network in an unusual form', { spec: { ingress: [{ from: [{ ipBlock: { cidr: '2001:DB8::/32' } }] }] } }, ['spec.ingress[0].from[0].ipBlock.cidr: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")']]],
  updates: [{ name: 'everything', change: given({ podSelector: { matchLabels: { app: 'web' } }, egress: [{}] }) }],
};
export default cases;
