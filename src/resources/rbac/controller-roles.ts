/**
 * The roles of controllers: a ClusterRole 'system:controller:<name>' each, bound to the service account of that name in kube-system.
 * As v1.36 has them; those at the end are of controllers that are no part of upstream's controller manager.
 * Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go
 */
import type * as rbacv1 from '../types/rbac-v1.ts';

export interface ControllerRole {
  readonly name: string;
  readonly rules: readonly rbacv1.PolicyRule[];
}

const observe = ['list', 'watch'];
const read = ['get', ...observe];
const rule = (verbs: readonly string[], groups: string | readonly string[], ...resources: string[]): rbacv1.PolicyRule => ({ verbs, apiGroups: typeof groups === 'string' ? [groups] : groups, resources });
const named = (verbs: readonly string[], group: string, resource: string, ...resourceNames: string[]): rbacv1.PolicyRule => ({ verbs, apiGroups: [group], resources: [resource], resourceNames });
const events = rule(['create', 'patch', 'update'], ['', 'events.k8s.io'], 'events');
/** Workloads that were once served in extensions. */
const workloads = ['apps', 'extensions'];
const nodePublicSigner = 'kubernetes.io/kube-apiserver-client-kubelet';

/** What a controller that makes Pods for its own kind may do. */
function podOwner(groups: string | readonly string[], resource: string): rbacv1.PolicyRule[] {
  return [
    rule([...read, 'update'], groups, resource),
    rule(['update'], groups, `${resource}/status`),
    rule(['update'], groups, `${resource}/finalizers`),
    rule([...observe, 'create', 'delete', 'patch'], '', 'pods'),
    events,
  ];
}

const ofWorkloads: readonly ControllerRole[] = [
  { name: 'replicaset-controller', rules: podOwner(workloads, 'replicasets') },
  { name: 'replication-controller', rules: podOwner('', 'replicationcontrollers') },
  {
    name: 'deployment-controller',
    rules: [
      rule([...read, 'update'], workloads, 'deployments'),
      rule(['update'], workloads, 'deployments/status'),
      rule(['update'], workloads, 'deployments/finalizers'),
      rule([...read, 'create', 'delete', 'patch', 'update'], workloads, 'replicasets'),
      rule([...read, 'update'], '', 'pods'),
      events,
    ],
  },
  {
    name: 'daemon-set-controller',
    rules: [
      rule(read, workloads, 'daemonsets'),
      rule(['update'], workloads, 'daemonsets/status'),
      rule(['update'], workloads, 'daemonsets/finalizers'),
      rule(observe, '', 'nodes'),
      rule([...observe, 'create', 'delete', 'patch'], '', 'pods'),
      rule(['create'], '', 'pods/binding'),
      rule([...read, 'create', 'delete', 'patch', 'update'], 'apps', 'controllerrevisions'),
      events,
    ],
  },
  {
    name: 'statefulset-controller',
    rules: [
      rule(observe, '', 'pods'),
      rule(read, 'apps', 'statefulsets'),
      rule(['update'], 'apps', 'statefulsets/status'),
      rule(['update'], 'apps', 'statefulsets/finalizers'),
      rule(['create', 'delete', 'get', 'patch', 'update'], '', 'pods'),
      rule([...read, 'create', 'delete', 'patch', 'update'], 'apps', 'controllerrevisions'),
      rule([...read, 'create'], '', 'persistentvolumeclaims'),
      rule(['delete', 'update'], '', 'persistentvolumeclaims'),
      rule(['update'], '', 'pods/finalizers'),
      events,
    ],
  },
  {
    name: 'job-controller',
    rules: [
      rule([...read, 'patch', 'update'], 'batch', 'jobs'),
      rule(['update'], 'batch', 'jobs/status'),
      rule(['update'], 'batch', 'jobs/finalizers'),
      rule([...observe, 'create', 'delete', 'patch'], '', 'pods'),
      events,
    ],
  },
  {
    name: 'cronjob-controller',
    rules: [
      rule([...read, 'update'], 'batch', 'cronjobs'),
      rule([...read, 'create', 'delete', 'patch', 'update'], 'batch', 'jobs'),
      rule(['update'], 'batch', 'cronjobs/status'),
      rule(['update'], 'batch', 'cronjobs/finalizers'),
      rule([...observe, 'delete'], '', 'pods'),
      events,
    ],
  },
  { name: 'ttl-after-finished-controller', rules: [rule([...read, 'delete'], 'batch', 'jobs'), events] },
  {
    name: 'disruption-controller',
    rules: [
      rule(read, workloads, 'deployments'),
      rule(read, workloads, 'replicasets'),
      rule(read, '', 'replicationcontrollers'),
      rule(read, 'policy', 'poddisruptionbudgets'),
      rule(read, 'apps', 'statefulsets'),
      rule(['update'], 'policy', 'poddisruptionbudgets/status'),
      rule(['patch', 'update'], '', 'pods/status'),
      rule(['get'], '*', '*/scale'),
      events,
    ],
  },
  {
    name: 'horizontal-pod-autoscaler',
    rules: [
      rule(read, 'autoscaling', 'horizontalpodautoscalers'),
      rule(['update'], 'autoscaling', 'horizontalpodautoscalers/status'),
      rule(['get', 'update'], '*', '*/scale'),
      rule(observe, '', 'pods'),
      rule(observe, 'metrics.k8s.io', 'pods'),
      rule(read, 'custom.metrics.k8s.io', '*'),
      rule(read, 'external.metrics.k8s.io', '*'),
      events,
    ],
  },
];

const ofNodes: readonly ControllerRole[] = [
  {
    name: 'node-controller',
    rules: [rule([...read, 'delete', 'patch', 'update'], '', 'nodes'), rule(['patch', 'update'], '', 'nodes/status'), rule(['patch', 'update'], '', 'pods/status'), rule([...read, 'delete'], '', 'pods'), events],
  },
  { name: 'pod-garbage-collector', rules: [rule([...observe, 'delete'], '', 'pods'), rule(read, '', 'nodes'), rule(['patch'], '', 'pods/status')] },
  { name: 'ttl-controller', rules: [rule([...observe, 'patch', 'update'], '', 'nodes'), events] },
  { name: 'route-controller', rules: [rule(observe, '', 'nodes'), rule(['patch'], '', 'nodes/status'), events] },
  {
    name: 'certificate-controller',
    rules: [
      rule([...read, 'delete'], 'certificates.k8s.io', 'certificatesigningrequests'),
      rule(['update'], 'certificates.k8s.io', 'certificatesigningrequests/approval', 'certificatesigningrequests/status'),
      named(['approve'], 'certificates.k8s.io', 'signers', nodePublicSigner),
      named(['sign'], 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client', nodePublicSigner, 'kubernetes.io/kubelet-serving', 'kubernetes.io/legacy-unknown'),
      rule(['create'], 'authorization.k8s.io', 'subjectaccessreviews'),
      events,
    ],
  },
];

const ofServices: readonly ControllerRole[] = [
  {
    name: 'endpoint-controller',
    rules: [rule(read, '', 'pods', 'services'), rule([...read, 'create', 'delete', 'update'], '', 'endpoints'), rule(['create'], '', 'endpoints/restricted'), events],
  },
  {
    name: 'endpointslice-controller',
    rules: [rule(read, '', 'nodes', 'pods', 'services'), rule(['update'], '', 'services/finalizers'), rule([...read, 'create', 'delete', 'update'], 'discovery.k8s.io', 'endpointslices'), events],
  },
  {
    name: 'endpointslicemirroring-controller',
    rules: [
      rule(read, '', 'endpoints', 'services'),
      rule(['update'], '', 'services/finalizers'),
      rule(['update'], '', 'endpoints/finalizers'),
      rule([...read, 'create', 'delete', 'update'], 'discovery.k8s.io', 'endpointslices'),
      events,
    ],
  },
  { name: 'service-controller', rules: [rule(read, '', 'services'), rule(['patch', 'update'], '', 'services/status'), rule(observe, '', 'nodes'), events] },
  {
    name: 'service-cidrs-controller',
    rules: [
      rule([...read, 'patch', 'update'], 'networking.k8s.io', 'servicecidrs'),
      rule(['patch', 'update'], 'networking.k8s.io', 'servicecidrs/finalizers'),
      rule(['patch', 'update'], 'networking.k8s.io', 'servicecidrs/status'),
      rule(read, 'networking.k8s.io', 'ipaddresses'),
      events,
    ],
  },
];

const ofStorage: readonly ControllerRole[] = [
  {
    name: 'attachdetach-controller',
    rules: [
      rule(observe, '', 'persistentvolumeclaims', 'persistentvolumes'),
      rule(read, '', 'nodes'),
      rule(['patch', 'update'], '', 'nodes/status'),
      rule(observe, '', 'pods'),
      events,
      rule([...read, 'create', 'delete'], 'storage.k8s.io', 'volumeattachments'),
      rule(read, 'storage.k8s.io', 'csidrivers'),
      rule(read, 'storage.k8s.io', 'csinodes'),
    ],
  },
  {
    name: 'persistent-volume-binder',
    rules: [
      rule([...read, 'create', 'delete', 'update'], '', 'persistentvolumes'),
      rule(['update'], '', 'persistentvolumes/status'),
      rule([...read, 'update'], '', 'persistentvolumeclaims'),
      rule(['update'], '', 'persistentvolumeclaims/status'),
      rule([...read, 'create', 'delete'], '', 'pods'),
      rule(read, 'storage.k8s.io', 'storageclasses'),
      rule(observe, '', 'nodes'),
      events,
      rule(['watch'], '', 'events'),
      rule(read, 'storage.k8s.io', 'volumeattributesclasses'),
    ],
  },
  {
    name: 'expand-controller',
    rules: [rule([...read, 'patch', 'update'], '', 'persistentvolumes'), rule(['patch', 'update'], '', 'persistentvolumeclaims/status'), rule(read, '', 'persistentvolumeclaims'), events],
  },
  { name: 'pv-protection-controller', rules: [rule([...read, 'update'], '', 'persistentvolumes'), events] },
  { name: 'pvc-protection-controller', rules: [rule([...read, 'update'], '', 'persistentvolumeclaims'), rule(read, '', 'pods'), events] },
  {
    name: 'volumeattributesclass-protection-controller',
    rules: [rule(read, '', 'persistentvolumeclaims'), rule(read, '', 'persistentvolumes'), rule([...read, 'update'], 'storage.k8s.io', 'volumeattributesclasses'), events],
  },
  { name: 'ephemeral-volume-controller', rules: [rule(read, '', 'pods'), rule(['update'], '', 'pods/finalizers'), rule([...read, 'create'], '', 'persistentvolumeclaims'), events] },
  { name: 'selinux-warning-controller', rules: [events, rule(read, '', 'persistentvolumes'), rule(read, '', 'persistentvolumeclaims'), rule(read, '', 'pods'), rule(read, 'storage.k8s.io', 'csidrivers')] },
  {
    name: 'resource-claim-controller',
    rules: [
      rule(read, '', 'pods'),
      rule(['update'], '', 'pods/finalizers'),
      rule([...read, 'create', 'delete'], 'resource.k8s.io', 'resourceclaims'),
      rule(read, 'resource.k8s.io', 'resourceclaimtemplates'),
      rule(['patch', 'update'], 'resource.k8s.io', 'resourceclaims', 'resourceclaims/status'),
      rule(['patch', 'update'], '', 'pods/status'),
      events,
    ],
  },
  {
    name: 'device-taint-eviction-controller',
    rules: [
      rule([...read, 'delete'], '', 'pods'),
      rule(['patch', 'update'], '', 'pods/status'),
      rule(read, 'resource.k8s.io', 'resourceclaims'),
      rule(read, 'resource.k8s.io', 'resourceslices'),
      rule(read, 'resource.k8s.io', 'deviceclasses'),
      events,
    ],
  },
];

const ofTheCluster: readonly ControllerRole[] = [
  { name: 'clusterrole-aggregation-controller', rules: [rule([...read, 'escalate', 'patch', 'update'], 'rbac.authorization.k8s.io', 'clusterroles')] },
  { name: 'generic-garbage-collector', rules: [rule([...read, 'delete', 'patch', 'update'], '*', '*'), events] },
  {
    name: 'namespace-controller',
    rules: [rule([...read, 'delete'], '', 'namespaces'), rule(['update'], '', 'namespaces/finalize', 'namespaces/status'), rule([...read, 'delete', 'deletecollection'], '*', '*')],
  },
  { name: 'resourcequota-controller', rules: [rule(observe, '*', '*'), rule(['update'], '', 'resourcequotas/status'), events] },
  { name: 'root-ca-cert-publisher', rules: [rule(['create', 'update'], '', 'configmaps'), events] },
  { name: 'service-account-controller', rules: [rule(['create'], '', 'serviceaccounts'), events] },
  {
    name: 'legacy-service-account-token-cleaner',
    rules: [named(['get'], '', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'), rule(['delete', 'patch'], '', 'secrets')],
  },
  {
    name: 'validatingadmissionpolicy-status-controller',
    rules: [rule(read, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'), rule(['get', 'patch', 'update'], 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'), events],
  },
];

/** Elsewhere these are installed with roles of their own. */
const ofAddOns: readonly ControllerRole[] = [
  {
    name: 'local-path-provisioner',
    rules: [
      rule([...read, 'create', 'delete', 'patch', 'update'], '', 'persistentvolumes'),
      rule([...read, 'patch', 'update'], '', 'persistentvolumeclaims'),
      rule(['patch', 'update'], '', 'persistentvolumeclaims/status', 'persistentvolumes/status'),
      rule(read, '', 'nodes', 'pods'),
      rule([...read, 'create', 'delete', 'patch', 'update'], 'storage.k8s.io', 'storageclasses'),
      events,
    ],
  },
  {
    name: 'kube-dns-controller',
    rules: [rule(['create'], '', 'services'), rule(['create'], 'discovery.k8s.io', 'endpointslices'), named(['delete', 'update'], 'discovery.k8s.io', 'endpointslices', 'kube-dns-k8ts')],
  },
  {
    name: 'kwok-controller',
    rules: [
      rule([...read, 'create', 'delete', 'patch', 'update'], '', 'nodes', 'pods'),
      rule([...read, 'patch', 'update'], '', 'nodes/status', 'pods/status'),
      rule([...read, 'create', 'delete', 'patch', 'update'], 'coordination.k8s.io', 'leases'),
      rule([...read, 'patch', 'update'], 'kwok.x-k8s.io', '*'),
      rule([...read, 'create'], 'apiextensions.k8s.io', 'customresourcedefinitions'),
      events,
    ],
  },
];

export const controllerRoles: readonly ControllerRole[] = [...ofWorkloads, ...ofNodes, ...ofServices, ...ofStorage, ...ofTheCluster, ...ofAddOns];
