/** EndpointSlices. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { endpointSliceDefinition } from './endpoint-slice.ts';

const addresses = (...list: readonly string[]): Patch => ({ endpoints: [{ addresses: list }] });
const endpoint = (more: object): Patch => ({ endpoints: [{ addresses: ['10.1.0.7'], ...more }] });
const ports = (...list: readonly object[]): Patch => ({ ports: list });
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const first = 'endpoints[0].addresses[0]: Invalid value:';

const cases: KindCases = {
  definition: endpointSliceDefinition,
  base: { addressType: 'IPv4', endpoints: [{ addresses: ['10.1.0.7'] }], ports: [{ port: 80 }] },
  defaults: [['a port has a name and a protocol', {}, { ports: [{ port: 80, name: '', protocol: 'TCP' }] }]],
  accepted: [
    ['nothing in it', { endpoints: [], ports: null }],
    ['IPv6', { addressType: 'IPv6', ...addresses('fd00::7') }],
    ['domains', { addressType: 'FQDN', ...addresses('db.example.com', 'db.example.com.') }],
    ['every part', { ...endpoint({ conditions: { ready: true, serving: true, terminating: false }, hostname: 'db-0', nodeName: 'n1', zone: 'z', hints: { forZones: [{ name: 'z' }], forNodes: [{ name: 'n1' }] } }), ...ports({ name: 'web', port: 80, appProtocol: 'kubernetes.io/h2c' }, { name: 'dns', protocol: 'UDP' }) }],
    ['a hundred addresses', addresses(...many(100, (i) => `10.1.0.${i}`))],
  ],
  refused: [
    ['no type', { addressType: '' }, ['addressType: Required value']],
    ['an unknown type', { addressType: 'IP' }, ['addressType: Unsupported value: "IP": supported values: "FQDN", "IPv4", "IPv6"']],
    ['no address', addresses(), ['endpoints[0].addresses: Required value: must contain at least 1 address']],
    ['too many addresses', addresses(...many(101, (i) => `10.1.0.${i}`)), ['endpoints[0].addresses: Too many: 101: must have at most 100 items']],
    ['too many endpoints', { endpoints: many(1001, () => ({ addresses: ['10.1.0.7'] })) }, ['endpoints: Too many: 1001: must have at most 1000 items']],
    ['too many ports', ports(...many(20001, (i) => ({ name: `p${i}`, port: 1 }))), ['ports: Too many: 20001: must have at most 20000 items']],
    ['what is no address', addresses('web'), [`${first} "web": must be a valid IPv4 address`, `${first} "web": must be a valid IP address`]],
    ['the other family', addresses('fd00::7'), [`${first} "fd00::7": must be a valid IPv4 address`]],
    ['IPv4 among IPv6', { addressType: 'IPv6' }, [`${first} "10.1.0.7": must be a valid IPv6 address`]],
    ['any address', addresses('0.0.0.0'), [`${first} "0.0.0.0": may not be unspecified (0.0.0.0)`]],
    ['loopback', addresses('127.0.0.1'), [`${first} "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)`]],
    ['link-local', addresses('169.254.169.254'), [`${first} "169.254.169.254": may not be in the link-local range (169.254.0.0/16, fe80::/10)`]],
    ['link-local multicast', addresses('224.0.0.1'), [`${first} "224.0.0.1": may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)`]],
    ['a domain of one label', { addressType: 'FQDN', ...addresses('db') }, [`${first} "db": should be a domain with at least two segments separated by dots`]],
    ['a domain in capitals', { addressType: 'FQDN', ...addresses('Db.example.com') }, [`${first} "Db.example.com": ${subdomain}`]],
    ['a host name with dots', endpoint({ hostname: 'a.b' }), ['endpoints[0].hostname: Invalid value: "a.b": must not contain dots']],
    ['a node in capitals', endpoint({ nodeName: 'N1' }), [`endpoints[0].nodeName: Invalid value: "N1": ${subdomain}`]],
    ['a zone hinted twice', endpoint({ hints: { forZones: [{ name: 'z' }, { name: 'z' }] } }), ['endpoints[0].hints.forZones[1].name: Duplicate value: "z"']],
    ['too many hints', endpoint({ hints: { forZones: many(9, (i) => ({ name: `z${i}` })) } }), ['endpoints[0].hints.forZones: Too many: 9: must have at most 8 items']],
    ['two ports of no name', ports({ port: 80 }, { port: 81 }), ['ports[1].name: Duplicate value: ""']],
    ['a port name in capitals', ports({ name: 'Web', port: 80 }), [`ports[0].name: Invalid value: "Web": ${label}`]],
    ['an unknown protocol', ports({ port: 80, protocol: 'ICMP' }), ['ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"']],
    ['a protocol of the application that is no name', ports({ port: 80, appProtocol: 'a/b/c' }), ["ports[0].appProtocol: Invalid value: \"a/b/c\": a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]],
  ],
  updates: [
    { name: 'endpoints and ports', change: { ...addresses('10.1.0.8'), ...ports({ name: 'web', port: 8080 }) } },
    { name: 'the type', change: { addressType: 'IPv6', ...addresses('fd00::7') }, refused: ['addressType: Invalid value: "IPv6": field is immutable'] },
  ],
};
export default cases;
