/**
 * One device of a ResourceSlice: what it is, what it has, what it takes from counters that devices share.
 * Upstream: pkg/apis/resource/validation/validation.go (validateDevice)
 */
import { invalid, notSupported, required, tooLong, type FieldError, type FieldPath } from '../../apimachinery/field-error.ts';
import type * as resourcev1 from '../types/resource-v1.ts';
import { invalidFor, sameJson } from '../validation/fields.ts';
import { checkLabelValue, checkQualifiedName } from '../validation/names.ts';
import { validateCapacity } from './capacity-rules.ts';
import { taintEffects, validateBindings } from './configuration.ts';
import { validateList, validateMap, validateSet } from './lists.ts';
import { requiredLabelName, validateLabelName, validateQualifiedName } from './names.ts';
import { validateDeviceNodes } from './node-choice.ts';

const most = { features: 32, text: 64, taints: 16, consumptions: 2, counters: 32 };
const version = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;

/** `old`: the device of this name before, if any; what it had is not judged again. */
export function validateDevice(device: resourcev1.Device, old: resourcev1.Device | undefined, path: FieldPath, eachChooses: boolean): FieldError[] {
  const features = Object.keys(device.attributes ?? {}).length + Object.keys(device.capacity ?? {}).length;
  const capacity = device.allowMultipleAllocations === true ? 'shared' : 'single';
  return [
    ...validateLabelName(device.name, path.child('name')),
    ...(features > most.features ? [invalid(path, features, `the total number of attributes and capacities must not exceed ${most.features}`)] : []),
    ...validateMap(device.attributes, Infinity, path.child('attributes'), { key: validateQualifiedName, value: validateAttribute }),
    ...(old !== undefined && sameJson(old.capacity, device.capacity)
      ? []
      : validateMap(device.capacity, Infinity, path.child('capacity'), { key: validateQualifiedName, value: (one, at) => validateCapacity(one, capacity, at) })),
    ...(old !== undefined && sameJson(old.taints, device.taints) ? [] : validateList(device.taints, most.taints, path.child('taints'), validateTaint)),
    ...validateSet(device.consumesCounters, most.consumptions, path.child('consumesCounters'), { check: validateConsumption, keyOf: ({ counterSet = '' }) => counterSet }),
    ...validateDeviceNodes(device, path, eachChooses),
    ...validateBindings(device, path),
  ];
}

const kinds = ['bool', 'int', 'string', 'version', 'bools', 'ints', 'strings', 'versions'] as const;

function validateAttribute(attribute: resourcev1.DeviceAttribute, path: FieldPath): FieldError[] {
  const set = kinds.filter((kind) => attribute[kind] !== undefined);
  return [
    ...set.flatMap((kind) => validateValue(attribute[kind], kind, path.child(kind))),
    ...(set.length === 1 ? [] : [invalid(path, set.length === 0 ? '' : attribute, 'exactly one value must be specified')]),
  ];
}

function validateValue(value: resourcev1.DeviceAttribute[(typeof kinds)[number]], kind: string, path: FieldPath): FieldError[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [invalid(path, value, 'must not be empty if specified')];
    return (value as readonly (string | number | boolean)[]).flatMap((item, i) => validateValue(item as string, kind.slice(0, -1), path.index(i)));
  }
  if (typeof value !== 'string') return [];
  return [
    ...(kind === 'version' && !version.test(value) ? [invalid(path, value, 'must be a string compatible with semver.org spec 2.0.0')] : []),
    ...(Buffer.byteLength(value) > most.text ? [tooLong(path, most.text)] : []),
  ];
}

function validateTaint({ key = '', value = '', effect = '' }: resourcev1.DeviceTaint, path: FieldPath): FieldError[] {
  return [
    ...invalidFor(path.child('key'), key, checkQualifiedName(key)),
    ...invalidFor(path.child('value'), value, value === '' ? [] : checkLabelValue(value)),
    ...(effect === '' ? [required(path.child('effect'))] : taintEffects.includes(effect) ? [] : [notSupported(path.child('effect'), effect, taintEffects)]),
  ];
}

const validateConsumption = ({ counterSet, counters }: resourcev1.DeviceCounterConsumption, path: FieldPath): FieldError[] => [
  ...requiredLabelName(counterSet, path.child('counterSet')),
  ...validateCounters(counters, path.child('counters')),
];

/** At least one; any quantity will do. */
export function validateCounters(counters: Readonly<Record<string, resourcev1.Counter>> | undefined, path: FieldPath): FieldError[] {
  if (Object.keys(counters ?? {}).length === 0) return [required(path)];
  return validateMap(counters, most.counters, path, { key: validateLabelName, value: () => [] });
}
