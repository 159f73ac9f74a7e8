/**
 * What a cluster tells of itself in ConfigMaps: how extension API servers check callers, and where the cluster is to be reached.
 * Upstream: pkg/controlplane/controller/clusterauthenticationtrust, cmd/kubeadm/app/phases/bootstraptoken/clusterinfo
 */
import { draft } from '../../apimachinery/object.ts';
import type { ApiClient } from '../../client/client.ts';
import { configMaps } from '../../resources/core/config-map.ts';
import { roleBindings } from '../../resources/rbac/role-binding.ts';
import { roles } from '../../resources/rbac/role.ts';
import type { ConfigMap } from '../../resources/types/core-v1.ts';
import { ensure } from './ensure.ts';

export interface Published {
  readonly server: string;
  readonly authorityPem: string;
  readonly requestHeaderAuthorityPem: string;
  readonly clusterCidr: string | undefined;
  readonly serviceCidr: string;
}

/** Where nodes on other machines learn the cluster's ranges (kube-system). */
export const rangesConfigMap = 'k8ts-ranges';

const clusterInfoRole = 'kubeadm:bootstrap-signer-clusterinfo';

export async function publishClusterFacts(client: ApiClient, { server, authorityPem, requestHeaderAuthorityPem, clusterCidr, serviceCidr }: Published): Promise<void> {
  await put(client, 'kube-system', rangesConfigMap, { serviceCidr, ...(clusterCidr === undefined ? {} : { clusterCidr }) });
  await put(client, 'kube-system', 'extension-apiserver-authentication', {
    'client-ca-file': authorityPem,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-client-ca-file': requestHeaderAuthorityPem,
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  });
  const cluster = { 'certificate-authority-data': Buffer.from(authorityPem).toString('base64'), server };
  const kubeconfig = { apiVersion: 'v1', clusters: [{ cluster, name: '' }], contexts: null, 'current-context': '', kind: 'Config', preferences: {}, users: null };
  await put(client, 'kube-public', 'cluster-info', { kubeconfig: JSON.stringify(kubeconfig) });
  const metadata = { name: clusterInfoRole, namespace: 'kube-public' };
  await ensure(client, roles, { metadata, rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'], verbs: ['get'] }] });
  await ensure(client, roleBindings, { metadata, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: clusterInfoRole }, subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'system:anonymous' }] });
}

async function put(client: ApiClient, namespace: string, name: string, data: Record<string, string>): Promise<void> {
  const wanted: ConfigMap = { metadata: { name, namespace }, data };
  if (await ensure(client, configMaps, wanted)) return;
  const maps = client.of(configMaps).namespace(namespace);
  const next = draft(await maps.get(name));
  next.data = { ...next.data, ...data };
  await maps.update(next);
}
