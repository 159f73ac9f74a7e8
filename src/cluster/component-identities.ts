/**
 * As whom the parts of the control plane act: each controller is the service account whose default role it has upstream, so that what
 * it does is what its role allows. The API server's own doings (its first objects, the Service of its address, the records of Service
 * addresses) are its own and without limit, as they are upstream. What kubeadm does there (the node's role labels, the Service of the
 * cluster's DNS) no administrator does here: the controllers do to whom it comes closest.
 * Upstream: cmd/kube-controller-manager/app (--use-service-account-credentials)
 */
import type { UserInfo } from '../apiserver/request.ts';

export const schedulerIdentity: UserInfo = { name: 'system:kube-scheduler', groups: [] };
export const controllerManagerIdentity: UserInfo = { name: 'system:kube-controller-manager', groups: [] };
export const apiServerIdentity: UserInfo = { name: 'system:apiserver', groups: ['system:masters'] };

/** Controller → service account in kube-system, where its name differs. The role is system:controller:<service account>. */
const accounts: Readonly<Record<string, string>> = {
  namespace: 'namespace-controller',
  'service-account': 'service-account-controller',
  'certificate-signer': 'certificate-controller',
  'certificate-approver': 'certificate-controller',
  'daemonset-controller': 'daemon-set-controller',
  'endpoint-slice-controller': 'endpointslice-controller',
  'endpoint-slice-mirroring-controller': 'endpointslicemirroring-controller',
  'garbage-collector': 'generic-garbage-collector',
  'node-lifecycle-controller': 'node-controller',
  'node-ipam-controller': 'node-controller',
  'taint-eviction-controller': 'node-controller',
  'persistentvolume-binder-controller': 'persistent-volume-binder',
  'kube-dns': 'kube-dns-controller',
  simulation: 'kwok-controller',
};

/** Parts of upstream's API server, and what the controller manager does as itself. */
const others: Readonly<Record<string, UserInfo>> = {
  'kubernetes-service': apiServerIdentity,
  'flow-schema-references': apiServerIdentity,
  'service-addresses': apiServerIdentity,
  'service-account-token': controllerManagerIdentity,
};

export function controllerIdentity(name: string): UserInfo {
  const other = others[name];
  if (other) return other;
  return { name: `system:serviceaccount:kube-system:${accounts[name] ?? name}`, groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'] };
}
