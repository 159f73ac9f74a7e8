/** What releases after v1.20 added to the default roles, as far as v1.36 has it on by default. */
import type * as rbacv1 from '../types/rbac-v1.ts';

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const rule = (verbs: readonly string[], group: string, ...resources: string[]): rbacv1.PolicyRule => ({ verbs, apiGroups: [group], resources });
const events: rbacv1.PolicyRule = { verbs: ['create', 'patch', 'update'], apiGroups: ['', 'events.k8s.io'], resources: ['events'] };

const viewRules = [rule(read, 'discovery.k8s.io', 'endpointslices'), rule(read, 'resource.k8s.io', 'resourceclaims', 'resourceclaims/status', 'resourceclaimtemplates')];
const editRules = [rule([...write, ...read], 'coordination.k8s.io', 'leases'), rule(write, 'resource.k8s.io', 'resourceclaims', 'resourceclaimtemplates')];

/** By name of the role of v1.20. view goes into edit, edit into admin, as aggregation has them. */
export const addedRules: Readonly<Record<string, readonly rbacv1.PolicyRule[]>> = {
  'system:aggregate-to-view': viewRules,
  'system:aggregate-to-edit': editRules,
  view: viewRules,
  edit: [...editRules, ...viewRules],
  admin: [...editRules, ...viewRules],
  'system:basic-user': [rule(['create'], 'authentication.k8s.io', 'selfsubjectreviews')],
  'system:kube-scheduler': [
    rule(read, '', 'namespaces'),
    rule(read, 'storage.k8s.io', 'csidrivers', 'csistoragecapacities', 'volumeattachments'),
    rule(['get', 'list', 'patch', 'update', 'watch'], 'coordination.k8s.io', 'leasecandidates'),
    rule(read, 'resource.k8s.io', 'deviceclasses', 'resourceslices'),
    rule(['get', 'list', 'patch', 'update', 'watch'], 'resource.k8s.io', 'resourceclaims'),
    rule(['patch', 'update'], 'resource.k8s.io', 'resourceclaims/status'),
    rule(['patch', 'update'], '', 'pods/finalizers'),
    rule(['update'], '', 'pods/resize'),
  ],
  'system:node': [
    rule(['get'], 'resource.k8s.io', 'resourceclaims'),
    rule([...read, 'create', 'delete', 'deletecollection', 'patch', 'update'], 'resource.k8s.io', 'resourceslices'),
    rule(['get'], '', 'serviceaccounts'),
    rule(read, 'networking.k8s.io', 'servicecidrs'),
  ],
  'system:node-proxier': [rule(['list', 'watch'], 'networking.k8s.io', 'servicecidrs')],
  'system:kube-dns': [rule(['list', 'watch'], 'discovery.k8s.io', 'endpointslices')],
  'system:controller:endpointslice-controller': [rule(['create'], 'discovery.k8s.io', 'endpointslices/restricted')],
  'system:controller:cronjob-controller': [rule(['update'], 'batch', 'cronjobs/finalizers')],
  'system:controller:job-controller': [rule(['patch'], '', 'pods')],
  'system:controller:statefulset-controller': [rule(['delete', 'update'], '', 'persistentvolumeclaims')],
  'system:controller:expand-controller': [rule(['patch'], '', 'persistentvolumeclaims')],
  'system:controller:persistent-volume-binder': [rule(read, 'storage.k8s.io', 'volumeattributesclasses')],
};

interface RoleEntry {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly rules: readonly rbacv1.PolicyRule[];
}

/** Controllers that came later: a ClusterRole 'system:controller:<name>' each, bound to the service account of that name. */
export const addedControllers: readonly RoleEntry[] = [
  { name: 'ephemeral-volume-controller', rules: [rule(read, '', 'pods'), rule(['update'], '', 'pods/finalizers'), rule(['create', 'get', 'list', 'watch'], '', 'persistentvolumeclaims'), events] },
  { name: 'ttl-after-finished-controller', rules: [rule(['delete', 'get', 'list', 'watch'], 'batch', 'jobs'), events] },
  { name: 'legacy-service-account-token-cleaner', rules: [rule(['get'], '', 'configmaps'), rule(['delete', 'get', 'list', 'patch', 'watch'], '', 'secrets')] },
  {
    name: 'resource-claim-controller',
    rules: [
      rule(read, '', 'pods'),
      rule(['update'], '', 'pods/finalizers'),
      rule(['create', 'delete', 'get', 'list', 'watch'], 'resource.k8s.io', 'resourceclaims'),
      rule(read, 'resource.k8s.io', 'resourceclaimtemplates'),
      rule(['patch', 'update'], 'resource.k8s.io', 'resourceclaims', 'resourceclaims/status'),
      rule(['patch', 'update'], '', 'pods/status'),
      events,
    ],
  },
  {
    name: 'device-taint-eviction-controller',
    rules: [rule(['delete', 'get', 'list', 'watch'], '', 'pods'), rule(['patch'], '', 'pods/status'), rule(read, 'resource.k8s.io', 'deviceclasses', 'resourceclaims', 'resourceslices'), events],
  },
  {
    name: 'service-cidrs-controller',
    rules: [
      rule([...read, 'patch', 'update'], 'networking.k8s.io', 'servicecidrs'),
      rule(['patch', 'update'], 'networking.k8s.io', 'servicecidrs/finalizers', 'servicecidrs/status'),
      rule(read, 'networking.k8s.io', 'ipaddresses'),
      events,
    ],
  },
  {
    name: 'validatingadmissionpolicy-status-controller',
    rules: [
      rule(read, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
      rule(['get', 'patch', 'update'], 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
      events,
    ],
  },
  { name: 'selinux-warning-controller', rules: [rule(read, '', 'persistentvolumeclaims', 'persistentvolumes', 'pods'), rule(read, 'storage.k8s.io', 'csidrivers'), events] },
  { name: 'volumeattributesclass-protection-controller', rules: [rule(read, '', 'persistentvolumeclaims', 'persistentvolumes'), rule(['get', 'list', 'update', 'watch'], 'storage.k8s.io', 'volumeattributesclasses'), events] },
];
