/**
 * As whom the parts of the control plane act: each controller is the service account whose default role it has upstream, so that what
 * it does is what its role allows. A controller that is not listed here acts for the controller manager as a whole: those that patch a status,
 * where upstream's role has only `update`.
 */
import type { UserInfo } from '../apiserver/request.ts';

export const schedulerIdentity: UserInfo = { name: 'system:kube-scheduler', groups: [] };
export const controllerManagerIdentity: UserInfo = { name: 'system:kube-controller-manager', groups: ['system:masters'] };

/** Controller → service account in kube-system. The role is system:controller:<service account>. */
const accounts: Readonly<Record<string, string>> = {
  'service-account': 'service-account-controller',
  'root-ca-cert-publisher': 'root-ca-cert-publisher',
  namespace: 'namespace-controller',
  'certificate-signer': 'certificate-controller',
  'certificate-approver': 'certificate-controller',
};

export function controllerIdentity(name: string): UserInfo {
  const account = accounts[name];
  if (account === undefined) return controllerManagerIdentity;
  return { name: `system:serviceaccount:kube-system:${account}`, groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'] };
}
