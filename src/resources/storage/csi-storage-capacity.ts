/** CSIStorageCapacities: how much of a class there is in a part of the cluster. Upstream: pkg/apis/storage/validation */
import { FieldPath, type FieldError } from '../../apimachinery/field-error.ts';
import { nameColumn, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import type * as storagev1 from '../types/storage-v1.ts';
import { immutable, invalidFor } from '../validation/fields.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { checkDnsSubdomain } from '../validation/names.ts';
import { validateAmount } from '../validation/resource-lists.ts';

const topology = FieldPath.of('nodeTopology');
const className = FieldPath.of('storageClassName');

function validate({ nodeTopology, storageClassName = '', capacity }: storagev1.CSIStorageCapacity): FieldError[] {
  return [
    ...validateLabelSelector(nodeTopology, topology),
    ...invalidFor(className, storageClassName, checkDnsSubdomain(storageClassName)),
    ...(capacity === undefined ? [] : validateAmount('', capacity, FieldPath.of('capacity'))),
  ];
}

function validateUpdate(given: storagev1.CSIStorageCapacity, old: storagev1.CSIStorageCapacity): FieldError[] {
  return [...immutable(topology, given.nodeTopology, old.nodeTopology), ...immutable(className, given.storageClassName, old.storageClassName)];
}

export const csiStorageCapacityDefinition = defineKind<storagev1.CSIStorageCapacity>({
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  namespaced: true,
  strategy: { generation: 'none', validate, validateUpdate, allowUnconditionalUpdate: true },
  columns: [nameColumn, text('StorageClassName', ({ storageClassName }) => storageClassName ?? ''), text('Capacity', ({ capacity }) => capacity ?? unset)],
});

export const csiStorageCapacities = typedKind<storagev1.CSIStorageCapacity>(csiStorageCapacityDefinition);
