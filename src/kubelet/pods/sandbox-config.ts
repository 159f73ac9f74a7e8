/** The runtime's description of a Pod's sandbox. Upstream: pkg/kubelet/kuberuntime/kuberuntime_sandbox.go */
import path from 'node:path';
import type { Pod } from '../../resources/types/core-v1.ts';
import { SecurityProfileProfileType } from '../cri/messages.ts';
import type { SandboxConfig } from '../cri/runtime-service.ts';
import { kernelHostname, podResolvConf, type DnsSettings } from './name-resolution.ts';
import { graceSeconds } from './pod-containers.ts';
import { overheadResources, podCgroup, podResources } from './resources.ts';
import { logFolder, podGraceAnnotation, podLabels } from './runtime-labels.ts';
import { namespaces, supplementalGroups } from './security.ts';

export interface SandboxSettings {
  readonly dns: DnsSettings;
  /** The folder with `pods/` and `containers/`. */
  readonly logs: string;
  readonly cgroupParent: string;
}

export function sandboxConfig(pod: Pod, attempt: number, settings: SandboxSettings): SandboxConfig {
  const { name = '', namespace = '', uid = '' } = pod.metadata;
  const security = pod.spec?.securityContext;
  const privileged = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].some((container) => container.securityContext?.privileged === true);
  return {
    metadata: { name, namespace, uid, attempt },
    ...(pod.spec?.hostNetwork === true ? {} : { hostname: kernelHostname(pod, settings.dns.clusterDomain) }),
    logDirectory: path.join(settings.logs, 'pods', logFolder(pod)),
    dnsConfig: podResolvConf(pod, settings.dns) as Required<ReturnType<typeof podResolvConf>>,
    labels: { ...pod.metadata.labels, ...podLabels(pod) },
    annotations: { ...pod.metadata.annotations, [podGraceAnnotation]: String(graceSeconds(pod)) },
    linux: {
      cgroupParent: podCgroup(settings.cgroupParent, pod),
      overhead: overheadResources(pod),
      resources: podResources(pod),
      sysctls: Object.fromEntries((security?.sysctls ?? []).map((sysctl) => [sysctl.name, sysctl.value])),
      securityContext: {
        namespaceOptions: namespaces(pod),
        privileged,
        seccomp: { profileType: privileged ? SecurityProfileProfileType.Unconfined : SecurityProfileProfileType.RuntimeDefault },
        supplementalGroups: supplementalGroups(pod),
        ...(security?.runAsUser === undefined ? {} : { runAsUser: { value: security.runAsUser } }),
        ...(security?.runAsUser === undefined || security.runAsGroup === undefined ? {} : { runAsGroup: { value: security.runAsGroup } }),
      },
    },
  };
}
