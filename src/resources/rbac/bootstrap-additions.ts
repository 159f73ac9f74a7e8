/** What releases after v1.20 added to the default roles, as far as v1.36 has it on by default. */
import type * as rbacv1 from '../types/rbac-v1.ts';

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const rule = (verbs: readonly string[], group: string, ...resources: string[]): rbacv1.PolicyRule => ({ verbs, apiGroups: [group], resources });

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
    rule(['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'], 'resource.k8s.io', 'resourceclaims'),
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
};
