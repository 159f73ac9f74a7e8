/** PersistentVolumeClaims. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { persistentVolumeClaimDefinition } from './persistent-volume-claim.ts';

const given = (more: object): Patch => ({ spec: more });
const size = (storage: string): Patch => given({ resources: { requests: { storage } } });
const rule = 'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const bound = { spec: { volumeName: 'pv' }, status: { phase: 'Bound', capacity: { storage: '1Gi' } } };
const boundOnly = 'a controller binds';

const cases: KindCases = {
  definition: persistentVolumeClaimDefinition,
  base: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  defaults: [['a file system', {}, { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }]],
  accepted: [['no class at all', given({ storageClassName: '' })], ['a copy of another', given({ dataSource: { kind: 'PersistentVolumeClaim', name: 'a' } })]],
  refused: [
    ['no modes', given({ accessModes: null }), ['spec.accessModes: Required value: at least 1 access mode is required']],
    ['an unknown mode', given({ accessModes: ['Sometimes'] }), ['spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"']],
    ['no size', given({ resources: null }), ['spec.resources[storage]: Required value']],
    ['a size below zero', size('-1Gi'), ['spec.resources[storage]: Invalid value: "-1Gi": must be greater than zero']],
    ['a bad class', given({ storageClassName: 'A' }), ["spec.storageClassName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"]],
    ['an unknown volume mode', given({ volumeMode: 'Tape' }), ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"']],
    ['a copy of something else', given({ dataSource: { kind: 'Pod', name: 'a' } }), ["spec.dataSource: Invalid value: \"Pod\": must be 'PersistentVolumeClaim' when referencing the default apiGroup"]],
    ['a wrong selector', given({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }), ["spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"]],
  ],
  updates: [
    { name: 'a volume is given', change: given({ volumeName: 'pv' }) },
    { name: 'a class is given once', change: given({ storageClassName: 'fast' }) },
    { name: 'but not changed', before: given({ storageClassName: 'fast' }), change: given({ storageClassName: 'slow' }), refused: [`${rule}\n@@ …`] },
    { name: 'it grows once it is bound', before: bound, change: size('2Gi'), definitionOnly: boundOnly },
    { name: 'not before', change: size('2Gi'), refused: [`${rule}\n@@ …`] },
    { name: 'it does not shrink', before: bound, change: size('500Mi'), refused: ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'], definitionOnly: boundOnly },
    { name: 'other modes', change: given({ accessModes: ['ReadWriteMany'] }), refused: [`${rule}\n@@ …`] },
    { name: 'other attributes of a bound claim', before: { ...bound, spec: { volumeName: 'pv', volumeAttributesClassName: 'a' } }, change: given({ volumeAttributesClassName: 'b' }), definitionOnly: boundOnly },
  ],
  warnings: [
    ['half a byte', { spec: { resources: { requests: { storage: '1500m' } } } }, ['spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer']],
    ['the class in an annotation', { metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'a' } } }, ['metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead']],
  ],
};
export default cases;
