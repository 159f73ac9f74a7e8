import { generated, type Case } from '../case.ts';

const objects = `apiVersion: v1
kind: PersistentVolume
metadata: { name: task-pv-volume, labels: { type: local } }
spec: { storageClassName: manual, capacity: { storage: 10Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /mnt/data } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: task-pv-claim }
spec: { storageClassName: manual, accessModes: [ReadWriteOnce], resources: { requests: { storage: 3Gi } } }
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: low-latency, annotations: { storageclass.kubernetes.io/is-default-class: "false" } }
provisioner: csi-driver.example-vendor.example
reclaimPolicy: Retain
allowVolumeExpansion: true
volumeBindingMode: WaitForFirstConsumer
parameters: { type: fast }
`;
const volumes = 'tasks/configure-pod-container/configure-persistent-volume-storage/';
const classes = 'concepts/storage/storage-classes/';

export const storage: readonly Case[] = [
  { run: 'create -f -', input: objects, prints: 'persistentvolume/task-pv-volume created\npersistentvolumeclaim/task-pv-claim created\nstorageclass.storage.k8s.io/low-latency created', page: volumes },
  { run: "wait --for=jsonpath='{.status.phase}'=Bound pvc/task-pv-claim --timeout=20s", prints: 'persistentvolumeclaim/task-pv-claim condition met', page: generated('wait'), only: 'newer' },
  { run: 'get pv task-pv-volume', prints: 'NAME             CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS   CLAIM                   STORAGECLASS   VOLUMEATTRIBUTESCLASS   REASON   AGE\ntask-pv-volume   10Gi       RWO            Retain           Bound    default/task-pv-claim   manual         <unset>                          {age}', page: volumes },
  { run: 'get pvc task-pv-claim -o wide', prints: 'NAME            STATUS   VOLUME           CAPACITY   ACCESS MODES   STORAGECLASS   VOLUMEATTRIBUTESCLASS   AGE   VOLUMEMODE\ntask-pv-claim   Bound    task-pv-volume   10Gi       RWO            manual         <unset>                 {age}   Filesystem', page: volumes },
  { run: 'describe pv task-pv-volume', page: volumes, prints: 'Name:            task-pv-volume\nLabels:          type=local\nAnnotations:     pv.kubernetes.io/bound-by-controller: yes\nFinalizers:      [kubernetes.io/pv-protection]\nStorageClass:    manual\nStatus:          Bound\nClaim:           default/task-pv-claim\nReclaim Policy:  Retain\nAccess Modes:    RWO\nVolumeMode:      Filesystem\nCapacity:        10Gi\nNode Affinity:   <none>\nMessage:\nSource:\n    Type:          HostPath (bare host directory volume)\n    Path:          /mnt/data\n    HostPathType:\nEvents:            <none>' },
  { run: 'describe pvc task-pv-claim', page: volumes, prints: 'Name:          task-pv-claim\nNamespace:     default\nStorageClass:  manual\nStatus:        Bound\nVolume:        task-pv-volume\nLabels:        <none>\nAnnotations:   pv.kubernetes.io/bind-completed: yes\n               pv.kubernetes.io/bound-by-controller: yes\nFinalizers:    [kubernetes.io/pvc-protection]\nCapacity:      10Gi\nAccess Modes:  RWO\nVolumeMode:    Filesystem\nUsed By:       <none>\nEvents:        <none>' },
  { run: 'get storageclass low-latency', prints: 'NAME          PROVISIONER                         RECLAIMPOLICY   VOLUMEBINDINGMODE      ALLOWVOLUMEEXPANSION   AGE\nlow-latency   csi-driver.example-vendor.example   Retain          WaitForFirstConsumer   true                   {age}', page: classes },
  { run: 'describe storageclass low-latency', page: classes, prints: 'Name:                  low-latency\nIsDefaultClass:        No\nAnnotations:           storageclass.kubernetes.io/is-default-class=false\nProvisioner:           csi-driver.example-vendor.example\nParameters:            type=fast\nAllowVolumeExpansion:  True\nMountOptions:          <none>\nReclaimPolicy:         Retain\nVolumeBindingMode:     WaitForFirstConsumer\nEvents:                <none>' },
  { run: 'patch storageclass low-latency -p {"provisioner":"other"}', code: 1, prints: 'The StorageClass "low-latency" is invalid: provisioner: Forbidden: updates to provisioner are forbidden.', page: 'rule: a StorageClass keeps its provisioner' },
  { run: 'patch pvc task-pv-claim -p {"spec":{"accessModes":["ReadWriteMany"]}}', code: 1, prints: 'The PersistentVolumeClaim "task-pv-claim" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n{...}', page: 'rule: the spec of a claim is immutable' },
  { run: 'delete pvc/task-pv-claim pv/task-pv-volume', prints: 'persistentvolumeclaim "task-pv-claim" deleted{*}\npersistentvolume "task-pv-volume" deleted', page: volumes },
];
