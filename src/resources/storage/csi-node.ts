/** CSINodes: the storage drivers of a node. Upstream: pkg/apis/storage/validation */
import { FieldPath, invalid, required, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as storagev1 from '../types/storage-v1.ts';
import { validateCsiDriverName } from '../pod-spec/volumes.ts';
import { atLeastZero, immutable, invalidFor, Unique } from '../validation/fields.ts';
import { checkQualifiedName } from '../validation/names.ts';

const path = FieldPath.of('spec', 'drivers');
const longestNodeId = 192;

function validate({ spec }: storagev1.CSINode): FieldError[] {
  const names = new Unique();
  return (spec?.drivers ?? []).flatMap((driver, i) => {
    const { name, nodeID = '', allocatable, topologyKeys = [] } = driver;
    const at = path.index(i);
    const keys = new Unique();
    return [
      ...validateCsiDriverName(name, at.child('name')),
      ...(nodeID === '' ? [required(at.child('nodeID'))] : []),
      ...(nodeID.length > longestNodeId ? [invalid(at.child('nodeID'), nodeID, `must be ${longestNodeId} characters or less`)] : []),
      ...atLeastZero(at.child('allocatable', 'count'), allocatable?.count),
      ...names.check(at.child('name'), name),
      ...topologyKeys.flatMap((key) => [...(key === '' ? [required(at)] : []), ...keys.check(at, key), ...invalidFor(at, key, checkQualifiedName(key))]),
    ];
  });
}

/** Of a driver that stays, only how much it can take may change. */
function validateUpdate(given: storagev1.CSINode, old: storagev1.CSINode): FieldError[] {
  const errors = validate(given);
  for (const before of old.spec?.drivers ?? []) {
    for (const now of given.spec?.drivers ?? []) {
      if (now.name === before.name) errors.push(...immutable(path, { ...now, allocatable: undefined }, { ...before, allocatable: undefined }));
    }
  }
  return errors;
}

export const csiNodeDefinition = defineKind<storagev1.CSINode>({
  group: 'storage.k8s.io',
  kind: 'CSINode',
  plural: 'csinodes',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('storage.k8s.io', 'v1beta1', 'CSINode', '1.17', '1.22') }],
  strategy: { generation: 'none', validate, validateUpdate, allowUnconditionalUpdate: true },
  columns: [nameColumn, integer('Drivers', ({ spec }) => (spec?.drivers ?? []).length), ageColumn],
});

export const csiNodes = typedKind<storagev1.CSINode>(csiNodeDefinition);
