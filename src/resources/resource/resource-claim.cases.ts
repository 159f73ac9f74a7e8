/** ResourceClaims. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { resourceClaimDefinition } from './resource-claim.ts';

const wanted = { deviceClassName: 'gpu.example.com' };
const request = (more: object): Patch => ({ spec: { devices: { requests: [{ name: 'gpu', ...more }] } } });
const exactly = (more: object): Patch => request({ exactly: { ...wanted, ...more } });
const at = (path: string, what: string): string[] => [`spec.devices.requests[0]${path}: ${what}`];
const reference = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";
const constrained = (...constraints: object[]): Patch => ({ spec: { devices: { constraints } } });
const user = { resource: 'pods', name: 'a', uid: 'u1' };
const result = { request: 'gpu', driver: 'gpu.example.com', pool: 'n1', device: 'gpu-0' };
const allocation = (more: object = {}): object => ({ allocation: { devices: { results: [{ ...result, ...more }] } } });
const { request: _request, ...deviceId } = result;
const oneForm = 'exactly one of `exactly` or `firstAvailable` is required';

const cases: KindCases = {
  definition: resourceClaimDefinition,
  base: exactly({}),
  defaults: [['one device', {}, { spec: { devices: { requests: [{ name: 'gpu', exactly: { ...wanted, allocationMode: 'ExactCount', count: 1 } }] } } }]],
  accepted: [['all', exactly({ allocationMode: 'All' })], ['what there is first', request({ firstAvailable: [{ name: 'big', ...wanted }, { name: 'small', ...wanted, count: 2 }] })], ['nothing', { spec: { devices: null } }],
    ['of one kind, with settings', { spec: { devices: { constraints: [{ requests: ['gpu'], matchAttribute: 'example.com/model' }], config: [{ opaque: { driver: 'gpu.example.com', parameters: {} } }] } } }],
    ['what tolerates a taint', exactly({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }] })],
  ],
  refused: [
    ['no device', request({}), at('', `Required value: ${oneForm}`)],
    ['two forms', request({ exactly: wanted, firstAvailable: [{ name: 'a', ...wanted }] }), at('', `Invalid value: null: ${oneForm}, but multiple fields are set`)],
    ['no class', exactly({ deviceClassName: '' }), at('.exactly.deviceClassName', 'Required value')],
    ['fewer than none', exactly({ count: -1 }), at('.exactly.count', 'Invalid value: -1: must be greater than zero')],
    ['some of all', exactly({ allocationMode: 'All', count: 2 }), at('.exactly.count', "Invalid value: 2: must not be specified when allocationMode is 'All'")],
    ['an unknown mode', exactly({ allocationMode: 'Some' }), at('.exactly.allocationMode', 'Unsupported value: "Some": supported values: "All", "ExactCount"')],
    ['a request twice', { spec: { devices: { requests: [{ name: 'a', exactly: wanted }, { name: 'a', exactly: wanted }] } } }, ['spec.devices.requests[1]: Duplicate value: "a"']],
    ['a selector of nothing', exactly({ selectors: [{}] }), at('.exactly.selectors[0].cel', 'Required value')],
    ['a toleration of all with a value', exactly({ tolerations: [{ operator: 'Exists', value: 'a' }] }), at('.exactly.tolerations[0].value', 'Invalid value: "a": must be empty for operator `Exists`')],
    ['a toleration of unknown ways', exactly({ tolerations: [{ operator: 'Near', effect: 'Burn' }] }), [
      ...at('.exactly.tolerations[0].operator', 'Unsupported value: "Near": supported values: "Equal", "Exists"'), ...at('.exactly.tolerations[0].effect', 'Unsupported value: "Burn": supported values: "NoExecute", "NoSchedule", "None"'),
    ]],
    ['a constraint of nothing', constrained({}), ['spec.devices.constraints[0]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set']],
    ['a constraint of nobody\'s attribute', constrained({ matchAttribute: 'model' }), ['spec.devices.constraints[0].matchAttribute: Invalid value: "model": a fully qualified name must be a domain and a name separated by a slash']],
    ['a constraint of unknown requests', constrained({ requests: ['cpu', 'gpu/big', 'a/b/c'], matchAttribute: 'a.b/c' }), [0, 1, 2].map((i) => `spec.devices.constraints[0].requests[${i}]: Invalid value: "${['cpu', 'gpu/big', 'a/b/c'][i] ?? ''}": ${reference}`)],
  ],
  updates: [
    { name: 'labels', change: { metadata: { labels: { a: 'b' } } } },
    { name: 'an allocation and its user', subresource: 'status', change: { status: { ...allocation(), reservedFor: [user] } } },
    { name: 'a user of nothing', subresource: 'status', change: { status: { reservedFor: [user] } }, refused: ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set'] },
    { name: 'a user twice', subresource: 'status', change: { status: { ...allocation(), reservedFor: [user, user] } }, refused: ['status.reservedFor[1]: Duplicate value: "u1"'] },
    { name: 'an allocation for an unknown request', subresource: 'status', change: { status: allocation({ request: 'cpu' }) }, refused: [`status.allocation.devices.results[0].request: Invalid value: "cpu": ${reference}`] },
    { name: 'an allocation stays', subresource: 'status', before: { status: allocation() }, change: { status: allocation({ device: 'gpu-1' }) }, refused: [`status.allocation: Invalid value: ${JSON.stringify({ devices: { results: [{ ...result, device: 'gpu-1' }] } })}: field is immutable`] },
    { name: 'an allocation goes', subresource: 'status', before: { status: allocation() }, change: { status: { allocation: null } } },
    { name: 'the state of a device', subresource: 'status', before: { status: allocation() }, change: { status: { devices: [{ ...deviceId, data: { speed: 1 }, networkData: { ips: ['10.1.0.1/24', '2001:db8::1/64'] } }] } } },
    { name: 'the state of a device that is another\'s', subresource: 'status', before: { status: allocation() }, change: { status: { devices: [{ ...deviceId, device: 'gpu-1' }] } }, refused: ['status.devices[0]: Invalid value: "gpu.example.com/n1/gpu-1": must be an allocated device in the claim'] },
    { name: 'an address that is none', subresource: 'status', before: { status: allocation() }, change: { status: { devices: [{ ...deviceId, networkData: { ips: ['10.1.0.1', '2001:DB8::1/64'] } }] } }, refused: ['status.devices[0].networkData.ips[0]: Invalid value: "10.1.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)', 'status.devices[0].networkData.ips[1]: Invalid value: "2001:DB8::1/64": must be in canonical form ("2001:db8::1/64")'] },
    { name: 'the request', change: { spec: { devices: { requests: null } } }, refused: ['spec: Invalid value: {"devices":{}}: field is immutable'] },
  ],
};
export default cases;
