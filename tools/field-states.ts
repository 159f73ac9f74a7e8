/** Fields that are stored and do less here than in Kubernetes, or nothing. All others work where their kind does. */
export interface FieldState {
  readonly kind: string;
  /** As paths below the object: each must exist in the kind's schema. */
  readonly fields: readonly string[];
  readonly state: string;
}

const cloudVolumes = ['awsElasticBlockStore', 'azureDisk', 'azureFile', 'cephfs', 'cinder', 'csi', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'glusterfs', 'iscsi', 'photonPersistentDisk', 'portworxVolume', 'quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume'];

export const fieldStates: readonly FieldState[] = [
  { kind: 'Pod', fields: [...cloudVolumes, 'gitRepo', 'image'].map((name) => `spec.volumes.${name}`), state: 'the Pod waits, and an event says that the node has no such volumes' },
  { kind: 'Pod', fields: ['spec.containers.volumeDevices'], state: 'the Pod waits, and an event says that the node has no block volumes' },
  { kind: 'Pod', fields: ['spec.resourceClaims'], state: 'devices are chosen; on a real node the Pod does not start, and an event says why' },
  { kind: 'Pod', fields: ['spec.hostUsers'], state: '`false`: the node does not start the Pod, and an event says why: it has no user namespaces for Pods' },
  { kind: 'Pod', fields: ['spec.securityContext.appArmorProfile', 'spec.containers.securityContext.appArmorProfile'], state: 'the runtime is told (unproved: where this is built there is no AppArmor); on a host without AppArmor the Pod fails, as in Kubernetes' },
  { kind: 'Pod', fields: ['spec.containers.lifecycle.stopSignal'], state: 'stored; containers are told to end by the signal of their image' },
  { kind: 'Pod', fields: ['spec.volumes.projected.sources.podCertificate', 'spec.volumes.projected.sources.clusterTrustBundle'], state: 'the Pod waits, and an event says why: the kinds behind them are off by default' },
  { kind: 'Pod', fields: ['spec.schedulingGroup'], state: 'stored; Pods are scheduled one by one (off by default in Kubernetes)' },
  { kind: 'PersistentVolume', fields: cloudVolumes.filter((name) => name !== 'csi').map((name) => `spec.${name}`).concat('spec.csi'), state: 'bound to claims; a Pod that mounts it waits, and an event says why' },
  { kind: 'PersistentVolume', fields: ['spec.volumeAttributesClassName'], state: 'stored, defaulted and checked; no driver changes a volume' },
  { kind: 'PersistentVolumeClaim', fields: ['spec.dataSource', 'spec.dataSourceRef'], state: 'the local-path provisioner makes no volume from data, and an event says so' },
  { kind: 'PersistentVolumeClaim', fields: ['spec.volumeAttributesClassName'], state: 'stored, defaulted and checked; no driver changes a volume' },
  { kind: 'Service', fields: ['spec.ipFamilies', 'spec.ipFamilyPolicy'], state: 'IPv4 alone: PreferDualStack gets one address, what needs IPv6 is refused' },
  { kind: 'Service', fields: ['spec.loadBalancerIP'], state: 'stored; load balancers answer on the addresses of nodes' },
  { kind: 'Node', fields: ['spec.configSource'], state: 'stored, as in Kubernetes since 1.24' },
  { kind: 'HorizontalPodAutoscaler', fields: ['spec.metrics'], state: 'the algorithm is whole; the metrics must be served by somebody: the cluster has none of its own yet' },
];
