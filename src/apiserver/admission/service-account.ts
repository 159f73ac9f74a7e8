/**
 * Gives each Pod a service account and a volume with its token, the cluster's CA and the namespace.
 * Upstream: k8s.io/kubernetes/plugin/pkg/admission/serviceaccount
 */
import { nameSuffix } from '../../base/random.ts';
import type { Draft } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionPlugin } from './plugin.ts';

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
const mirrorAnnotation = 'kubernetes.io/config.mirror';
/** A little over an hour: the kubelet renews at 80 %, and old clients may hold a token for an hour. */
const tokenSeconds = 3607;
const defaultMode = 0o644;

export function serviceAccount({ objects, registry, random }: AdmissionDependencies): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: ({ operation, definition, subresource }) => operation === 'CREATE' && definition.plural === 'pods' && definition.group === '' && subresource === '',
    admit({ object, namespace, name }) {
      const pod = object as unknown as Draft<corev1.Pod>;
      if (!pod.spec || pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return;
      pod.spec.serviceAccountName ??= 'default';
      if (pod.spec.serviceAccountName === '') pod.spec.serviceAccountName = 'default';
      pod.spec.serviceAccount = pod.spec.serviceAccountName;
      const accounts = registry.byResource('', 'v1', 'serviceaccounts');
      const found = accounts && objects.find(accounts.definition, namespace, pod.spec.serviceAccountName);
      if (!found) {
        throw status.forbidden({ group: '', resource: 'pods' }, name, `error looking up service account ${namespace}/${pod.spec.serviceAccountName}: serviceaccount "${pod.spec.serviceAccountName}" not found`);
      }
      const account = found.object as unknown as corev1.ServiceAccount;
      if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(pod.spec, () => `kube-api-access-${nameSuffix(random)}`);
      if ((pod.spec.imagePullSecrets ?? []).length === 0 && account.imagePullSecrets) pod.spec.imagePullSecrets = account.imagePullSecrets.map((secret) => ({ ...secret }));
    },
  };
}

function mountToken(spec: Draft<corev1.PodSpec>, newName: () => string): void {
  const missing = [...(spec.initContainers ?? []), ...spec.containers].filter((container) => !(container.volumeMounts ?? []).some((mount) => mount.mountPath === mountPath));
  if (missing.length === 0) return;
  let volume = (spec.volumes ?? []).find((candidate) => candidate.name.startsWith('kube-api-access-'));
  if (!volume) {
    volume = tokenVolume(newName());
    (spec.volumes ??= []).push(volume);
  }
  for (const container of missing) (container.volumeMounts ??= []).push({ name: volume.name, readOnly: true, mountPath });
}

function tokenVolume(name: string): Draft<corev1.Volume> {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: tokenSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
      ],
      defaultMode,
    },
  };
}
