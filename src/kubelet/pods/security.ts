/** Security contexts as the runtime understands them. Upstream: pkg/kubelet/kuberuntime/security_context.go */
import type { Container, Pod, SeccompProfile, SecurityContext } from '../../resources/types/core-v1.ts';
import { NamespaceMode, SecurityProfileProfileType, SupplementalGroupsPolicy, type Image, type LinuxContainerSecurityContext, type NamespaceOption, type SecurityProfile } from '../cri/messages.ts';
import type { Input } from '../cri/wire.ts';
import { appArmorForRuntime, appArmorOf } from './app-armor.ts';
import { ContainerConfigError } from './environment.ts';
import { podTitle } from './pod-containers.ts';

const maskedPaths = [
  '/proc/asound', '/proc/acpi', '/proc/interrupts', '/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats',
  '/proc/sched_debug', '/proc/scsi', '/sys/firmware', '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** A container's own settings over its Pod's. */
export function effectiveSecurity(pod: Pod, container: Container): SecurityContext {
  const { runAsUser, runAsGroup, runAsNonRoot, seLinuxOptions, seccompProfile } = pod.spec?.securityContext ?? {};
  const own = Object.fromEntries(Object.entries(container.securityContext ?? {}).filter(([, value]) => value !== undefined));
  return { runAsUser, runAsGroup, runAsNonRoot, seLinuxOptions, seccompProfile, ...own };
}

export function namespaces(pod: Pod, shareWith?: string): Input<NamespaceOption> {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace } = pod.spec ?? {};
  const shared = hostPID === true ? NamespaceMode.NODE : shareProcessNamespace === true ? NamespaceMode.POD : NamespaceMode.CONTAINER;
  return {
    network: hostNetwork === true ? NamespaceMode.NODE : NamespaceMode.POD,
    ipc: hostIPC === true ? NamespaceMode.NODE : NamespaceMode.POD,
    pid: shareWith === undefined ? shared : NamespaceMode.TARGET,
    ...(shareWith === undefined ? {} : { targetId: shareWith }),
  };
}

export function seccomp(profile: SeccompProfile | undefined, privileged: boolean): Input<SecurityProfile> {
  if (privileged || profile === undefined || profile.type === 'Unconfined') return { profileType: SecurityProfileProfileType.Unconfined };
  if (profile.type === 'RuntimeDefault') return { profileType: SecurityProfileProfileType.RuntimeDefault };
  return { profileType: SecurityProfileProfileType.Localhost, localhostRef: `/var/lib/kubelet/seccomp/${profile.localhostProfile ?? ''}` };
}

/** Groups that a Pod's processes are in beside their own. */
export function supplementalGroups(pod: Pod): number[] {
  const { fsGroup, supplementalGroups: groups = [] } = pod.spec?.securityContext ?? {};
  return [...(fsGroup === undefined ? [] : [fsGroup]), ...groups];
}

/** `shareWith` is the id of the container whose processes an ephemeral one sees. */
export function containerSecurity(pod: Pod, container: Container, shareWith?: string): Input<LinuxContainerSecurityContext> {
  const security = effectiveSecurity(pod, container);
  const privileged = security.privileged === true;
  const unmasked = privileged || security.procMount === 'Unmasked';
  const appArmor = appArmorOf(pod, container);
  const strict = pod.spec?.securityContext?.supplementalGroupsPolicy === 'Strict';
  return {
    privileged,
    capabilities: { addCapabilities: security.capabilities?.add ?? [], dropCapabilities: security.capabilities?.drop ?? [] },
    namespaceOptions: namespaces(pod, shareWith),
    ...(security.runAsUser === undefined ? {} : { runAsUser: { value: security.runAsUser } }),
    ...(security.runAsGroup === undefined || security.runAsUser === undefined ? {} : { runAsGroup: { value: security.runAsGroup } }),
    readonlyRootfs: security.readOnlyRootFilesystem === true,
    supplementalGroups: supplementalGroups(pod),
    supplementalGroupsPolicy: strict ? SupplementalGroupsPolicy.Strict : SupplementalGroupsPolicy.Merge,
    noNewPrivs: security.allowPrivilegeEscalation === false && !privileged,
    seccomp: seccomp(security.seccompProfile, privileged),
    maskedPaths: unmasked ? [] : maskedPaths,
    readonlyPaths: unmasked ? [] : readonlyPaths,
    ...(appArmor ? { apparmor: appArmorForRuntime(appArmor) } : {}),
    ...(security.seLinuxOptions ? { selinuxOptions: security.seLinuxOptions } : {}),
  };
}

/** Throws ContainerConfigError where the container would run as root against its own word. */
export function verifyNonRoot(pod: Pod, container: Container, image: Image): void {
  const { runAsNonRoot, runAsUser } = effectiveSecurity(pod, container);
  if (runAsNonRoot !== true) return;
  const where = `(pod: "${podTitle(pod)}", container: ${container.name})`;
  if (runAsUser !== undefined) {
    if (runAsUser === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  if (image.uid && image.uid.value !== 0) return;
  if (!image.uid && image.username !== '') {
    throw new ContainerConfigError(`container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${where}`);
  }
  throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${where}`);
}
