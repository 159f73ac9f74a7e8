/** What has become of a claim: who uses it and which devices it got. Upstream: pkg/apis/resource/validation/validation.go */
import { FieldPath, forbidden, invalid, notSupported, required, tooLong, tooMany, type FieldError } from '../../apimachinery/field-error.ts';
import { validateNodeSelector } from '../pod-spec/scheduling.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { validateConditions } from '../validation/conditions.ts';
import { immutable, sameJson } from '../validation/fields.ts';
import { checkInterfaceAddress } from '../validation/ip.ts';
import { requestNamesOf, validateReference, validateReferences, type RequestNames } from './claim-rules.ts';
import { validateBindings, validateConfiguration, validateRawObject, validateTolerations } from './configuration.ts';
import { validateList, validateSet } from './lists.ts';
import { validateDriverName, validateLabelName, validatePoolName, validateUid } from './names.ts';

const path = FieldPath.of('status');
const most = { users: 256, results: 32, configurations: 64, conditions: 8, addresses: 16, interfaceName: 256, hardwareAddress: 128 };

interface DeviceId {
  readonly driver: string;
  readonly pool: string;
  readonly device: string;
  readonly shareID?: string | undefined;
}
const idOf = ({ driver = '', pool = '', device = '', shareID }: DeviceId): string => [driver, pool, device, ...(shareID === undefined ? [] : [shareID])].join('/');

export function validateClaimStatus(claim: resourcev1.ResourceClaim, old: resourcev1.ResourceClaim): FieldError[] {
  const { reservedFor = [], allocation, devices } = claim.status ?? {};
  const allocated = new Set((allocation?.devices?.results ?? []).map(idOf));
  return [
    ...validateSet(reservedFor, most.users, path.child('reservedFor'), { check: validateUser, keyOf: ({ uid = '' }) => uid }),
    ...validateSet(devices, Infinity, path.child('devices'), { check: (device, at) => validateDeviceStatus(device, allocated, at), keyOf: idOf }),
    ...validateReservation(claim, old),
    ...validateAllocation(claim, old),
  ];
}

const validateUser = (user: resourcev1.ResourceClaimConsumerReference, at: FieldPath): FieldError[] => (['resource', 'name', 'uid'] as const).flatMap((field) => (user[field] ? [] : [required(at.child(field))]));

function validateReservation({ metadata, status }: resourcev1.ResourceClaim, old: resourcev1.ResourceClaim): FieldError[] {
  const users = status?.reservedFor ?? [];
  const at = path.child('reservedFor');
  if (users.length === 0) return [];
  if (status?.allocation === undefined) return [forbidden(at, 'may not be specified when `allocated` is not set')];
  const isNew = users.some((user) => !(old.status?.reservedFor ?? []).some((other) => sameJson(user, other)));
  return metadata.deletionTimestamp !== undefined && isNew ? [forbidden(at, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set')] : [];
}

/** An allocation stays as it is, or goes. */
function validateAllocation({ spec, status }: resourcev1.ResourceClaim, old: resourcev1.ResourceClaim): FieldError[] {
  const allocation = status?.allocation;
  const at = path.child('allocation');
  if (allocation === undefined) return [];
  if (old.status?.allocation !== undefined) return immutable(at, allocation, old.status.allocation);
  const names = requestNamesOf(spec);
  const { results, config } = allocation.devices ?? {};
  return [
    ...validateList(results, most.results, at.child('devices', 'results'), (result, here) => validateResult(result, names, here)),
    ...validateList(config, most.configurations, at.child('devices', 'config'), (one, here) => [
      ...validateSource(one.source, here.child('source')),
      ...validateReferences(one.requests, names, here.child('requests')),
      ...validateConfiguration(one, here),
    ]),
    ...(allocation.nodeSelector === undefined ? [] : validateNodeSelector(allocation.nodeSelector, at.child('nodeSelector'))),
  ];
}

const sources = ['FromClaim', 'FromClass'];
const validateSource = (source: string | undefined, at: FieldPath): FieldError[] => (source ? (sources.includes(source) ? [] : [notSupported(at, source, sources)]) : [required(at)]);

const validateResult = (result: resourcev1.DeviceRequestAllocationResult, names: RequestNames, at: FieldPath): FieldError[] => [
  ...validateReference(result.request ?? '', names, at.child('request')),
  ...validateDeviceId(result, at),
  ...validateBindings(result, at),
  ...validateTolerations(result.tolerations, at.child('tolerations')),
  ...(result.shareID === undefined ? [] : validateUid(result.shareID, at.child('shareID'))),
];

const validateDeviceId = ({ driver, pool, device }: DeviceId, at: FieldPath): FieldError[] => [
  ...validateDriverName(driver, at.child('driver')),
  ...validatePoolName(pool, at.child('pool')),
  ...validateLabelName(device, at.child('device')),
];

function validateDeviceStatus(device: resourcev1.AllocatedDeviceStatus, allocated: ReadonlySet<string>, at: FieldPath): FieldError[] {
  const { conditions = [], data, networkData } = device;
  return [
    ...validateDeviceId(device, at),
    ...(device.shareID === undefined ? [] : validateUid(device.shareID, at.child('shareID'))),
    ...(allocated.has(idOf(device)) ? [] : [invalid(at, idOf(device), 'must be an allocated device in the claim')]),
    ...(conditions.length > most.conditions ? [tooMany(at.child('conditions'), conditions.length, most.conditions)] : []),
    ...validateConditions(conditions, at.child('conditions')),
    ...(data === undefined ? [] : validateRawObject(data, at.child('data'))),
    ...(networkData === undefined ? [] : validateNetworkData(networkData, at.child('networkData'))),
  ];
}

const validateNetworkData = ({ interfaceName = '', hardwareAddress = '', ips }: resourcev1.NetworkDeviceData, at: FieldPath): FieldError[] => [
  ...(interfaceName.length > most.interfaceName ? [tooLong(at.child('interfaceName'), most.interfaceName)] : []),
  ...(hardwareAddress.length > most.hardwareAddress ? [tooLong(at.child('hardwareAddress'), most.hardwareAddress)] : []),
  ...validateSet(ips, most.addresses, at.child('ips'), { check: (ip, here) => checkInterfaceAddress(ip).map((problem) => invalid(here, ip, problem)), keyOf: (ip) => ip }),
];
