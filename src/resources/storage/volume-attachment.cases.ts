/** VolumeAttachments. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { volumeAttachmentDefinition } from './volume-attachment.ts';

const given = (more: object): Patch => ({ spec: more });
const from = (more: object | null): Patch => given({ source: more });
const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
const inline = { inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], csi: { driver: 'disk.example.com', volumeHandle: '1' } } };

const cases: KindCases = {
  definition: volumeAttachmentDefinition,
  base: { spec: { attacher: 'disk.example.com', nodeName: 'a', source: { persistentVolumeName: 'pv' } } },
  accepted: [['a volume of no PersistentVolume', from({ persistentVolumeName: null, ...inline })]],
  refused: [
    ['no source', from({ persistentVolumeName: null }), [`spec.source: Required value: ${one}`]],
    ['two sources', from(inline), [`spec.source: Forbidden: ${one}`]],
    ['a volume of a claim and a class', from({ persistentVolumeName: null, inlineVolumeSpec: { claimRef: { name: 'a' }, capacity: { storage: '1Gi' }, persistentVolumeReclaimPolicy: 'Delete', storageClassName: 'a' } }), [
      ...['claimRef', 'capacity', 'persistentVolumeReclaimPolicy', 'storageClassName'].map((field) => `spec.source.inlineVolumeSpec.${field}: Forbidden: may not be specified in the context of inline volumes`),
      'spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes', 'spec.source.inlineVolumeSpec.accessModes: Required value',
    ]],
    ['a long attacher', given({ attacher: 'a'.repeat(64) }), ['spec.attacher: Too long: may not be more than 63 bytes']],
  ],
  updates: [
    { name: 'the node', change: given({ nodeName: 'b' }), refused: ['spec: Invalid value: {"attacher":"disk.example.com","nodeName":"b","source":{"persistentVolumeName":"pv"}}: field is immutable'] },
    { name: 'attached', subresource: 'status', change: { status: { attached: true } } },
    { name: 'a long error', subresource: 'status', change: { status: { attached: false, attachError: { message: 'a'.repeat(1025) } } }, refused: ['status.attachError.message: Too long: may not be more than 262144 bytes'] },
    { name: 'a code below zero', subresource: 'status', change: { status: { attached: false, detachError: { errorCode: -1 } } }, refused: ['status.detachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive'] },
  ],
};
export default cases;
