/** ResourceSlices: the devices that a driver offers, on a node or off it. Upstream: pkg/apis/resource/validation/validation.go */
import { FieldPath, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { immutable } from '../validation/fields.ts';
import { validateCounters, validateDevice } from './device-rules.ts';
import { validateSet } from './lists.ts';
import { requiredLabelName, validateDriverName, validatePoolName } from './names.ts';
import { validateSliceNodes } from './node-choice.ts';

const path = FieldPath.of('spec');
/** `advanced`: devices with taints, lists or counters. */
const most = { devices: 128, advanced: 64, counterSets: 8 };

function validateSpec({ spec }: resourcev1.ResourceSlice, old?: resourcev1.ResourceSlice): FieldError[] {
  if (spec === undefined) return [];
  const { driver, pool, devices, sharedCounters } = spec;
  const before = new Map((old?.spec?.devices ?? []).map((device) => [device.name, device]));
  return [
    ...validateDriverName(driver, path.child('driver')),
    ...validatePool(pool, path.child('pool')),
    ...(old === undefined ? [] : validateIdentity(spec, old.spec)),
    ...validateSliceNodes(spec, path),
    ...(sharedCounters !== undefined && devices !== undefined ? [invalid(path, '', 'only one of `sharedCounters` or `devices` is allowed')] : []),
    ...validateSet(devices, (devices ?? []).some(isAdvanced) ? most.advanced : most.devices, path.child('devices'), {
      check: (device, at) => validateDevice(device, before.get(device.name), at, spec.perDeviceNodeSelection === true),
      keyOf: ({ name = '' }) => name,
    }),
    ...validateSet(sharedCounters, most.counterSets, path.child('sharedCounters'), {
      check: ({ name, counters }, at) => [...requiredLabelName(name, at.child('name')), ...validateCounters(counters, at.child('counters'))],
      keyOf: ({ name = '' }) => name,
    }),
  ];
}

/** What a slice is of stays. */
const validateIdentity = (spec: resourcev1.ResourceSliceSpec, old: resourcev1.ResourceSliceSpec): FieldError[] => [
  ...immutable(path.child('pool', 'name'), spec.pool?.name, old.pool?.name),
  ...immutable(path.child('driver'), spec.driver, old.driver),
  ...immutable(path.child('nodeName'), spec.nodeName, old.nodeName),
];

function validatePool(pool: Partial<resourcev1.ResourcePool> | undefined, at: FieldPath): FieldError[] {
  const { name, resourceSliceCount = 0, generation = 0 } = pool ?? {};
  return [
    ...validatePoolName(name, at.child('name')),
    ...(resourceSliceCount > 0 ? [] : [invalid(at.child('resourceSliceCount'), resourceSliceCount, 'must be greater than zero')]),
    ...(generation >= 0 ? [] : [invalid(at.child('generation'), generation, 'must be greater than or equal to zero')]),
  ];
}

function isAdvanced({ taints = [], consumesCounters = [], attributes = {} }: resourcev1.Device): boolean {
  return taints.length > 0 || consumesCounters.length > 0 || Object.values(attributes).some(({ bools, ints, strings, versions }) => [bools, ints, strings, versions].some((list) => list !== undefined));
}

export const resourceSliceDefinition = defineKind<resourcev1.ResourceSlice>({
  group: 'resource.k8s.io',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  strategy: { validate: (slice) => validateSpec(slice), validateUpdate: validateSpec, allowUnconditionalUpdate: true },
  columns: [nameColumn, text('Node', ({ spec }) => spec?.nodeName ?? (spec?.allNodes === true ? '<all>' : unset)), text('Driver', ({ spec }) => spec?.driver ?? ''), text('Pool', ({ spec }) => spec?.pool?.name ?? ''), ageColumn],
  selectableFields: { 'spec.nodeName': ({ spec }) => spec?.nodeName ?? '', 'spec.driver': ({ spec }) => spec?.driver ?? '' },
});

export const resourceSlices = typedKind<resourcev1.ResourceSlice>(resourceSliceDefinition);
