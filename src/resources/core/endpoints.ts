/**
 * Endpoints: the addresses behind a Service, as old clients read them.
 * Upstream: pkg/apis/core/validation/validation.go (ValidateEndpoints)
 */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, none, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { deprecationText } from '../deprecation.ts';
import { protocols } from '../pod-spec/ports.ts';
import type * as corev1 from '../types/core-v1.ts';
import { validateReachable } from '../validation/endpoint-ip.ts';
import { checkedText, invalidFor, nonEmpty, oneOf } from '../validation/fields.ts';
import { checkIp, ipFamilyOf } from '../validation/ip.ts';
import { checkDnsLabel, checkDnsSubdomain, checkPortNumber, checkQualifiedName } from '../validation/names.ts';
import { listWithMore } from '../more.ts';

function validate(endpoints: corev1.Endpoints): FieldError[] {
  return (endpoints.subsets ?? []).flatMap((subset, i) => {
    const at = FieldPath.of('subsets').index(i);
    const ready = subset.addresses ?? [];
    const notReady = subset.notReadyAddresses ?? [];
    const ports = subset.ports ?? [];
    return [
      ...(ready.length + notReady.length === 0 ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...ready.flatMap((address, j) => validateAddress(address, at.child('addresses').index(j))),
      ...notReady.flatMap((address, j) => validateAddress(address, at.child('notReadyAddresses').index(j))),
      ...ports.flatMap((port, j) => validatePort(port, ports.length > 1, at.child('ports').index(j))),
    ];
  });
}

function validateAddress(address: corev1.EndpointAddress, path: FieldPath): FieldError[] {
  const errors = invalidFor(path.child('ip'), address.ip ?? '', checkIp(address.ip ?? ''));
  const reachable = errors.length > 0 ? [invalid(path.child('ip'), address.ip ?? '', 'must be a valid IP address')] : validateReachable(address.ip, path.child('ip'));
  if (address.hostname) errors.push(...invalidFor(path.child('hostname'), address.hostname, checkDnsLabel(address.hostname)));
  if (address.nodeName !== undefined) errors.push(...invalidFor(path.child('nodeName'), address.nodeName, checkDnsSubdomain(address.nodeName)));
  return [...errors, ...reachable];
}

function validatePort(port: corev1.EndpointPort, needsName: boolean, path: FieldPath): FieldError[] {
  return [
    ...(needsName ? nonEmpty(path.child('name'), port.name) : []),
    ...(port.name ? checkedText(path.child('name'), port.name, checkDnsLabel) : []),
    ...invalidFor(path.child('port'), port.port ?? 0, checkPortNumber(port.port ?? 0)),
    ...oneOf(path.child('protocol'), port.protocol, protocols),
    ...(port.appProtocol === undefined ? [] : invalidFor(path.child('appProtocol'), port.appProtocol, checkQualifiedName(port.appProtocol))),
  ];
}

/** Empty, not `<none>`, where there are endpoints but none is ready. */
function endpointsText(endpoints: corev1.Endpoints): string {
  return (endpoints.subsets ?? []).length === 0 ? none : listWithMore(endpointTexts(endpoints));
}

function endpointTexts(endpoints: corev1.Endpoints): string[] {
  return (endpoints.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ipFamilyOf(ip) === 'IPv6' ? `[${ip}]` : ip}:${port}`));
  });
}

export const endpointsDefinition = defineKind<corev1.Endpoints>({
  group: '',
  kind: 'Endpoints',
  plural: 'endpoints',
  namespaced: true,
  shortNames: ['ep'],
  versions: [{ name: 'v1', deprecationWarning: deprecationText('v1 Endpoints', { deprecated: '1.33', replacement: 'discovery.k8s.io/v1 EndpointSlice' }) }],
  strategy: {
    generation: 'none',
    defaults(endpoints) {
      for (const subset of endpoints.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
    },
    validate,
    validateUpdate: (endpoints) => validate(endpoints),
    allowCreateOnUpdate: true,
    allowUnconditionalUpdate: true,
  },
  columns: [nameColumn, text('Endpoints', endpointsText), ageColumn],
});

export const endpoints = typedKind<corev1.Endpoints>(endpointsDefinition);
