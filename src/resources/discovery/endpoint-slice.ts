/** EndpointSlices. Upstream: pkg/apis/discovery/validation, pkg/apis/discovery/v1/defaults.go */
import { duplicate, FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind, type StrategyOf } from '../define.ts';
import type { DraftObject } from '../definition.ts';
import { retired } from '../deprecation.ts';
import { listWithMore } from '../more.ts';
import type * as discoveryv1 from '../types/discovery-v1.ts';
import { immutable, invalidFor, oneOf, supportedOnly } from '../validation/fields.ts';
import { checkIp, ipFamilyOf } from '../validation/ip.ts';
import { checkDnsLabel, checkDnsSubdomain, checkPortName } from '../validation/names.ts';

const group = 'discovery.k8s.io';
export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';

const limits = { endpoints: 1000, addresses: 100, ports: 20000 };

function validate(slice: discoveryv1.EndpointSlice): FieldError[] {
  const addressType = FieldPath.of('addressType');
  return [
    ...(slice.addressType ? supportedOnly(addressType, slice.addressType, ['FQDN', 'IPv4', 'IPv6']) : [required(addressType)]),
    ...validateEndpoints(slice, FieldPath.of('endpoints')),
    ...validatePorts(slice.ports ?? [], FieldPath.of('ports')),
  ];
}

function validateEndpoints({ endpoints, addressType }: discoveryv1.EndpointSlice, path: FieldPath): FieldError[] {
  const list = endpoints ?? [];
  if (list.length > limits.endpoints) return [{ type: 'FieldValueTooMany', field: path.toString(), message: `Too many: ${list.length}: must have at most ${limits.endpoints} items` }];
  return list.flatMap((endpoint, i) => {
    const at = path.index(i);
    const addresses = endpoint.addresses ?? [];
    const errors = addresses.length === 0 ? [required(at.child('addresses'), 'must contain at least 1 address')] : [];
    addresses.forEach((address, j) => errors.push(...validateAddress(address, addressType, at.child('addresses').index(j))));
    if (endpoint.hostname) errors.push(...invalidFor(at.child('hostname'), endpoint.hostname, checkDnsLabel(endpoint.hostname)));
    return errors;
  });
}

function validateAddress(address: string, type: string, path: FieldPath): FieldError[] {
  if (type === 'FQDN') return invalidFor(path, address, checkDnsSubdomain(address));
  const wrong = invalidFor(path, address, checkIp(address));
  if (wrong.length > 0) return wrong;
  const family = ipFamilyOf(address);
  if (type === 'IPv4' && family !== 'IPv4') return [invalid(path, address, 'must be a valid IPv4 address')];
  return type === 'IPv6' && family !== 'IPv6' ? [invalid(path, address, 'must be a valid IPv6 address')] : [];
}

function validatePorts(ports: readonly discoveryv1.EndpointPort[], path: FieldPath): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const at = path.index(i);
    const name = port.name ?? '';
    const errors = name === '' ? [] : invalidFor(at.child('name'), name, checkPortName(name));
    if (names.has(name)) errors.push(duplicate(at.child('name'), name));
    names.add(name);
    return [...errors, ...oneOf(at.child('protocol'), port.protocol, ['SCTP', 'TCP', 'UDP'])];
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
