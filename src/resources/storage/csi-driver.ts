/** CSIDrivers: what a storage driver needs of Kubernetes. Upstream: pkg/apis/storage/v1/defaults.go, pkg/apis/storage/validation */
import { FieldPath, invalid, notSupported, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, flag, nameColumn, none, text, unset } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as storagev1 from '../types/storage-v1.ts';
import { immutable, supportedOnly, Unique } from '../validation/fields.ts';

const path = FieldPath.of('spec');

function validate({ spec }: storagev1.CSIDriver): FieldError[] {
  const period = spec?.nodeAllocatableUpdatePeriodSeconds;
  return [
    ...supportedOnly(path.child('fsGroupPolicy'), spec?.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...validateTokens(spec?.tokenRequests ?? [], path.child('tokenRequests')),
    ...(spec?.volumeLifecycleModes ?? []).flatMap((mode) => (mode === 'Persistent' || mode === 'Ephemeral' ? [] : [notSupported(path.child('volumeLifecycleModes'), mode, ['Persistent', 'Ephemeral'])])),
    ...(period !== undefined && period < 10 ? [invalid(path.child('nodeAllocatableUpdatePeriodSeconds'), period, 'must be greater than or equal to 10 seconds')] : []),
  ];
}

function validateTokens(requests: readonly storagev1.TokenRequest[], at: FieldPath): FieldError[] {
  const audiences = new Unique();
  return requests.flatMap(({ audience = '', expirationSeconds }, i) => {
    const twice = audiences.check(at.index(i).child('audience'), audience);
    if (twice.length > 0 || expirationSeconds === undefined) return twice;
    const duration = at.index(i).child('expirationSeconds');
    if (expirationSeconds < 600) return [invalid(duration, expirationSeconds, 'may not specify a duration less than 10 minutes')];
    return expirationSeconds > 2 ** 32 ? [invalid(duration, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')] : [];
  });
}

/** The path says 'attachedRequired', as upstream's does. */
function validateUpdate(given: storagev1.CSIDriver, old: storagev1.CSIDriver): FieldError[] {
  return [
    ...validate(given),
    ...immutable(path.child('attachedRequired'), given.spec?.attachRequired, old.spec?.attachRequired),
    ...immutable(path.child('volumeLifecycleModes'), given.spec?.volumeLifecycleModes, old.spec?.volumeLifecycleModes),
  ];
}

export const csiDriverDefinition = defineKind<storagev1.CSIDriver>({
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('storage.k8s.io', 'v1beta1', 'CSIDriver', '1.19', '1.22') }],
  strategy: {
    defaults({ spec }) {
      if (spec === undefined) return;
      spec.attachRequired ??= true;
      spec.podInfoOnMount ??= false;
      spec.storageCapacity ??= false;
      spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
      spec.volumeLifecycleModes ??= ['Persistent'];
      spec.requiresRepublish ??= false;
      spec.seLinuxMount ??= false;
    },
    validate,
    validateUpdate,
  },
  columns: [
    nameColumn,
    flag('AttachRequired', ({ spec }) => spec?.attachRequired ?? true),
    flag('PodInfoOnMount', ({ spec }) => spec?.podInfoOnMount ?? false),
    flag('StorageCapacity', ({ spec }) => spec?.storageCapacity ?? false),
    text('TokenRequests', ({ spec }) => (spec?.tokenRequests ?? []).map(({ audience }) => audience).join(',') || unset),
    flag('RequiresRepublish', ({ spec }) => spec?.requiresRepublish ?? false),
    text('Modes', ({ spec }) => (spec?.volumeLifecycleModes ?? []).join(',') || none),
    ageColumn,
  ],
});

export const csiDrivers = typedKind<storagev1.CSIDriver>(csiDriverDefinition);
