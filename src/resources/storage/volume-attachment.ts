/** VolumeAttachments: a volume that is to be attached to a node. Upstream: pkg/apis/storage/validation */
import { FieldPath, forbidden, invalid, required, tooLong, type FieldError } from '../../apimachinery/field-error.ts';
import { ageColumn, flag, nameColumn, text } from '../columns.ts';
import { defineKind, typedKind } from '../define.ts';
import { retired } from '../deprecation.ts';
import type * as corev1 from '../types/core-v1.ts';
import type * as storagev1 from '../types/storage-v1.ts';
import { validateCsiDriverName } from '../pod-spec/volumes.ts';
import { immutable, invalidFor } from '../validation/fields.ts';
import { checkDnsSubdomain } from '../validation/names.ts';
import { bytesOf } from './class-rules.ts';

const path = FieldPath.of('spec');
const source = path.child('source');
const most = { metadata: 256 * 1024, message: 1024 };
const oneSource = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function validate({ spec }: storagev1.VolumeAttachment): FieldError[] {
  const { inlineVolumeSpec, persistentVolumeName } = spec?.source ?? {};
  const node = spec?.nodeName ?? '';
  const errors = spec?.attacher ? [] : [required(path.child('attacher'))];
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) errors.push(required(source, oneSource));
  else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) errors.push(forbidden(source, oneSource));
  else if (inlineVolumeSpec !== undefined) errors.push(...validateInline(inlineVolumeSpec, source.child('inlineVolumeSpec')));
  else if (persistentVolumeName === '') errors.push(required(source.child('persistentVolumeName'), 'must specify non empty persistentVolumeName'));
  return [...errors, ...invalidFor(path.child('nodeName'), node, checkDnsSubdomain(node))];
}

/** A volume without a PersistentVolume: a driver's, and nothing of claims and classes. */
function validateInline(volume: corev1.PersistentVolumeSpec, at: FieldPath): FieldError[] {
  const set = [['claimRef', volume.claimRef !== undefined], ['capacity', Object.keys(volume.capacity ?? {}).length > 0], ['persistentVolumeReclaimPolicy', Boolean(volume.persistentVolumeReclaimPolicy)], ['storageClassName', Boolean(volume.storageClassName)]] as const;
  return [
    ...set.flatMap(([field, isSet]) => (isSet ? [forbidden(at.child(field), 'may not be specified in the context of inline volumes')] : [])),
    ...(volume.csi === undefined ? [required(at.child('csi'), 'has to be specified in the context of inline volumes')] : []),
    ...((volume.accessModes ?? []).length === 0 ? [required(at.child('accessModes'))] : []),
  ];
}

/** What v1 asks for over v1beta1, of new objects. */
function validateCreate(attachment: storagev1.VolumeAttachment): FieldError[] {
  const name = attachment.spec?.source?.persistentVolumeName;
  return [
    ...validate(attachment),
    ...validateCsiDriverName(attachment.spec?.attacher, path.child('attacher')),
    ...(name === undefined ? [] : invalidFor(source.child('persistentVolumeName'), name, checkDnsSubdomain(name))),
  ];
}

function validateStatus({ status }: storagev1.VolumeAttachment): FieldError[] {
  const at = FieldPath.of('status');
  const errors = bytesOf(status?.attachmentMetadata ?? {}) > most.metadata ? [tooLong(at.child('attachmentMetadata'), most.metadata)] : [];
  for (const field of ['attachError', 'detachError'] as const) {
    const { message = '', errorCode } = status?.[field] ?? {};
    if (message.length > most.message) errors.push(tooLong(at.child(field, 'message'), most.metadata));
    if (errorCode !== undefined && errorCode < 0) errors.push(invalid(at.child(field, 'errorCode'), errorCode, 'must be between 0 and 2147483647, inclusive'));
  }
  return errors;
}

export const volumeAttachmentDefinition = defineKind<storagev1.VolumeAttachment>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  status: { validateUpdate: validateStatus },
  strategy: { validate: validateCreate, validateUpdate: (attachment, old) => [...validate(attachment), ...immutable(path, attachment.spec, old.spec)] },
  versions: ['v1', { name: 'v1beta1', deprecationWarning: retired('storage.k8s.io', 'v1beta1', 'VolumeAttachment', '1.19', '1.22') }],
  columns: [
    nameColumn,
    { ...text('Attacher', ({ spec }) => spec?.attacher ?? ''), format: 'name' },
    text('PV', ({ spec }) => spec?.source?.persistentVolumeName ?? ''),
    text('Node', ({ spec }) => spec?.nodeName ?? ''),
    flag('Attached', ({ status }) => status?.attached ?? false),
    ageColumn,
  ],
});

export const volumeAttachments = typedKind<storagev1.VolumeAttachment>(volumeAttachmentDefinition);
