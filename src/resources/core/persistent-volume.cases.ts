/** PersistentVolumes. */
import type { KindCases, Patch } from '../kind-cases.ts';
import { persistentVolumeDefinition } from './persistent-volume.ts';

const given = (more: object): Patch => ({ spec: more });
const instead = (source: object): Patch => ({ spec: { hostPath: null, ...source } });

const cases: KindCases = {
  definition: persistentVolumeDefinition,
  base: { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } } },
  defaults: [['what happens afterwards, and how it is used', {}, { spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data', type: '' }, persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }]],
  accepted: [
    ['a driver', instead({ csi: { driver: 'disk.example.com', volumeHandle: '1' }, volumeAttributesClassName: 'fast' })],
    ['a network file system', instead({ nfs: { server: 'a', path: '/x' } })],
  ],
  refused: [
    ['no modes', given({ accessModes: [] }), ['spec.accessModes: Required value']],
    ['an unknown mode', given({ accessModes: ['Sometimes'] }), ['spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"']],
    ['one Pod and many', given({ accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] }), ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes']],
    ['no size', given({ capacity: null }), ['spec.capacity: Required value', 'spec.capacity: Unsupported value: {}: supported values: "storage"']],
    ['a size of nothing', given({ capacity: { storage: '0' } }), ['spec.capacity[storage]: Invalid value: "0": must be greater than zero']],
    ['no source', instead({}), ['spec: Required value: must specify a volume type']],
    ['two sources', given({ nfs: { server: 'a', path: '/x' } }), ['spec.nfs: Forbidden: may not specify more than 1 volume type']],
    ['a way out', given({ hostPath: { path: '/a/../b' } }), ["spec.hostPath.path: Invalid value: \"/a/../b\": must not contain '..'"]],
    ['a disk of no node', instead({ local: { path: '/disk' } }), ['spec.nodeAffinity: Required value: Local volume requires node affinity']],
    ['an affinity without terms', given({ nodeAffinity: { required: { nodeSelectorTerms: [] } } }), ['spec.nodeAffinity.required.nodeSelectorTerms: Required value: must have at least one node selector term']],
    ['an unknown fate', given({ persistentVolumeReclaimPolicy: 'Burn' }), ['spec.persistentVolumeReclaimPolicy: Unsupported value: "Burn": supported values: "Delete", "Recycle", "Retain"']],
    ['a host’s root recycled', given({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }), ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"]],
    ['a driver without a handle', instead({ csi: { driver: 'disk.example.com' } }), ['spec.csi.volumeHandle: Required value']],
    ['attributes without a driver', given({ volumeAttributesClassName: 'fast' }), ['spec.csi: Required value: has to be specified when using volumeAttributesClassName']],
    ['an unknown volume mode', given({ volumeMode: 'Tape' }), ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"']],
  ],
  updates: [
    { name: 'a claim and a size', change: given({ capacity: { storage: '2Gi' }, claimRef: { name: 'a', namespace: 'b' } }) },
    { name: 'another place', change: given({ hostPath: { path: '/other' } }), refused: ['spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation\n@@ …'] },
    { name: 'another volume mode', change: given({ volumeMode: 'Block' }), refused: ['volumeMode: Invalid value: "Block": field is immutable'] },
    { name: 'a secret for growing', before: instead({ csi: { driver: 'disk.example.com', volumeHandle: '1' } }), change: given({ csi: { controllerExpandSecretRef: { name: 'a', namespace: 'b' } } }) },
  ],
  warnings: [
    ['annotations of old', { metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'a', 'volume.beta.kubernetes.io/mount-options': 'ro' } } }, [
      'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
      'metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use "mountOptions" attribute instead',
    ]],
    ['recycling', { spec: { persistentVolumeReclaimPolicy: 'Recycle' } }, ['spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.']],
    ['a label of old', { spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', operator: 'Exists' }] }] } } } }, [
      'spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    ]],
    ['a driver that is gone', { spec: { hostPath: null, glusterfs: { endpoints: 'a', path: 'b' } } }, ['spec.glusterfs: deprecated in v1.25, non-functional in v1.26+']],
  ],
};
export default cases;
