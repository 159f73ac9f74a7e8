/** EndpointSlices. Upstream: pkg/apis/discovery/validation, pkg/apis/discovery/v1/defaults.go */
import { FieldPath, invalid, required, tooMany, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import type { DraftObject } from '../definition.ts';
import { retired } from '../deprecation.ts';
import { listWithMore } from '../more.ts';
import type * as discoveryv1 from '../types/discovery-v1.ts';
import { validateReachable } from '../validation/endpoint-ip.ts';
import { immutable, invalidFor, oneOf, Unique } from '../validation/fields.ts';
import { ipFamilyOf } from '../validation/ip.ts';
import { validateLabels } from '../validation/labels.ts';
import { checkDnsLabel, checkDnsSubdomain, checkLabelValue, checkQualifiedName } from '../validation/names.ts';

const group = 'discovery.k8s.io';
export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

const limits = { endpoints: 1000, addresses: 100, topology: 16, hints: 8, ports: 20000 };

function validate(slice: discoveryv1.EndpointSlice): FieldError[] {
  return [
    ...oneOf(FieldPath.of('addressType'), slice.addressType, ['FQDN', 'IPv4', 'IPv6']),
    ...validateEndpoints(slice, FieldPath.of('endpoints')),
    ...validatePorts(slice.ports ?? [], FieldPath.of('ports')),
  ];
}

function atMost(path: FieldPath, actual: number, max: number): FieldError[] {
  return actual > max ? [tooMany(path, actual, max)] : [];
}

function validateEndpoints({ endpoints = [], addressType }: discoveryv1.EndpointSlice, path: FieldPath): FieldError[] {
  if (endpoints.length > limits.endpoints) return [tooMany(path, endpoints.length, limits.endpoints)];
  return endpoints.flatMap((endpoint, i) => validateEndpoint(endpoint, addressType, path.index(i)));
}

function validateEndpoint({ addresses = [], nodeName, deprecatedTopology, hostname, hints }: discoveryv1.Endpoint, type: string, path: FieldPath): FieldError[] {
  const at = path.child('addresses');
  const topology = path.child('deprecatedTopology');
  return [
    ...(addresses.length === 0 ? [required(at, 'must contain at least 1 address')] : atMost(at, addresses.length, limits.addresses)),
    ...addresses.flatMap((address, j) => validateAddress(address, type, at.index(j))),
    ...(nodeName === undefined ? [] : invalidFor(path.child('nodeName'), nodeName, checkDnsSubdomain(nodeName))),
    ...(deprecatedTopology === undefined ? [] : [...atMost(topology, Object.keys(deprecatedTopology).length, limits.topology), ...validateLabels(deprecatedTopology, topology)]),
    ...(hostname === undefined ? [] : invalidFor(path.child('hostname'), hostname, checkDnsLabel(hostname))),
    ...(hints === undefined ? [] : validateHints(hints, path.child('hints'))),
  ];
}

function validateAddress(address: string, type: string, path: FieldPath): FieldError[] {
  if (type === 'FQDN') return validateDomain(address, path);
  if (type !== 'IPv4' && type !== 'IPv6') return [];
  const family = ipFamilyOf(address);
  const wrong = family === type ? [] : [invalid(path, address, `must be a valid ${type} address`)];
  return family === undefined ? [...wrong, invalid(path, address, 'must be a valid IP address')] : [...wrong, ...validateReachable(address, path)];
}

/** A domain of at least two labels, which may end in a dot. */
function validateDomain(given: string, path: FieldPath): FieldError[] {
  if (given === '') return [required(path)];
  const name = given.replace(/\.$/, '');
  const wrong = checkDnsSubdomain(name);
  if (wrong.length > 0) return [invalid(path, name, wrong.join(','))];
  const labels = name.split('.');
  if (labels.length < 2) return [invalid(path, name, 'should be a domain with at least two segments separated by dots')];
  const bad = labels.find((label) => checkDnsLabel(label).length > 0);
  return bad === undefined ? [] : [invalid(path, bad, checkDnsLabel(bad).join(','))];
}

function validateHints({ forZones = [], forNodes = [] }: discoveryv1.EndpointHints, path: FieldPath): FieldError[] {
  return [...validateHintList(forZones, path.child('forZones'), checkLabelValue), ...validateHintList(forNodes, path.child('forNodes'), checkDnsSubdomain)];
}

function validateHintList(list: readonly { readonly name: string }[], path: FieldPath, check: (name: string) => string[]): FieldError[] {
  if (list.length > limits.hints) return [tooMany(path, list.length, limits.hints)];
  const names = new Unique();
  return list.flatMap(({ name }, i) => {
    const at = path.index(i).child('name');
    return [...names.check(at, name), ...invalidFor(at, name, check(name))];
  });
}

function validatePorts(ports: readonly discoveryv1.EndpointPort[], path: FieldPath): FieldError[] {
  if (ports.length > limits.ports) return [tooMany(path, ports.length, limits.ports)];
  const names = new Unique();
  return ports.flatMap(({ name = '', protocol, appProtocol }, i) => {
    const at = path.index(i);
    return [
      ...(name === '' ? [] : invalidFor(at.child('name'), name, checkDnsLabel(name))),
      ...names.check(at.child('name'), name),
      ...oneOf(at.child('protocol'), protocol, ['SCTP', 'TCP', 'UDP']),
      ...(appProtocol === undefined ? [] : invalidFor(at.child('appProtocol'), appProtocol, checkQualifiedName(appProtocol))),
    ];
  });
}

const strategy: StrategyOf<discoveryv1.EndpointSlice> = {
  defaults(slice) {
    for (const port of slice.ports ?? []) {
      port.name ??= '';
      port.protocol ||= 'TCP';
    }
  },
  validate,
  validateUpdate: (slice, old) => [...validate(slice), ...immutable(FieldPath.of('addressType'), slice.addressType, old.addressType)],
  allowUnconditionalUpdate: true,
};

type OldEndpoint = Record<string, unknown> & { topology?: Record<string, string>; nodeName?: string; zone?: string; deprecatedTopology?: Record<string, string> };
const zoneLabel = 'topology.kubernetes.io/zone';
const hostLabel = 'kubernetes.io/hostname';

const endpointsOf = (object: DraftObject): OldEndpoint[] => (object['endpoints'] as OldEndpoint[] | undefined) ?? [];

/** v1beta1 told the node and zone of an endpoint in a `topology` map. */
function fromTopology(object: DraftObject): DraftObject {
  for (const endpoint of endpointsOf(object)) {
    if (endpoint.topology === undefined) continue;
    const { [zoneLabel]: zone, [hostLabel]: host, ...rest } = endpoint.topology;
    if (zone !== undefined) endpoint.zone ??= zone;
    if (host !== undefined) endpoint.nodeName ??= host;
    if (Object.keys(rest).length > 0) endpoint.deprecatedTopology = rest;
    delete endpoint.topology;
  }
  return object;
}

function toTopology(object: DraftObject): DraftObject {
  for (const endpoint of endpointsOf(object)) {
    const topology = { ...endpoint.deprecatedTopology, ...(endpoint.zone === undefined ? {} : { [zoneLabel]: endpoint.zone }), ...(endpoint.nodeName === undefined ? {} : { [hostLabel]: endpoint.nodeName }) };
    if (Object.keys(topology).length > 0) endpoint.topology = topology;
    delete endpoint.zone;
    delete endpoint.deprecatedTopology;
  }
  return object;
}

export const endpointSliceDefinition = defineKind<discoveryv1.EndpointSlice>({
  group,
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  versions: ['v1', { name: 'v1beta1', toStorage: fromTopology, fromStorage: toTopology, deprecationWarning: retired(group, 'v1beta1', 'EndpointSlice', '1.21', '1.25') }],
  strategy,
  columns: [
    nameColumn,
    text('AddressType', (slice) => slice.addressType ?? ''),
    text('Ports', (slice) => listWithMore((slice.ports ?? []).map(({ port, name }) => (port === undefined ? name || '*' : String(port)))) || unset),
    text('Endpoints', (slice) => listWithMore((slice.endpoints ?? []).flatMap(({ addresses }) => addresses ?? [])) || unset),
    ageColumn,
  ],
});

export const endpointSlices = typedKind<discoveryv1.EndpointSlice>(endpointSliceDefinition);
