/**
 * Kernel settings that a Pod may have for itself: those that stay within its own namespaces.
 * Upstream: pkg/kubelet/sysctl/{allowlist,safe_sysctls}.go
 */
import type { Pod } from '../../resources/types/core-v1.ts';
import type { Refusal } from '../pods/node-context.ts';

const safe: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem',
]);

const isIpc = (name: string): boolean => /^kernel\.(shm|msg|sem)/.test(name) || name === 'kernel.sem' || name.startsWith('fs.mqueue.');
const isNet = (name: string): boolean => name.startsWith('net.');

/** `allowed` are names, or beginnings that end with '*', that this node's keeper allows besides. */
export function forbiddenSysctl(pod: Pod, allowed: readonly string[] = []): Refusal | undefined {
  for (const { name } of pod.spec?.securityContext?.sysctls ?? []) {
    const dotted = name.includes('.') && !name.includes('/') ? name : name.replaceAll('/', '.');
    const why = forbidden(dotted, pod, allowed);
    if (why !== undefined) return { reason: 'SysctlForbidden', message: `forbidden sysctl: "${name}" ${why}` };
  }
  return undefined;
}

function forbidden(name: string, { spec }: Pod, allowed: readonly string[]): string | undefined {
  const listed = safe.has(name) || allowed.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  if (!listed) return 'not allowlisted';
  if (isIpc(name) && spec?.hostIPC === true) return 'not allowed with host ipc enabled';
  if (isNet(name) && spec?.hostNetwork === true) return 'not allowed with host net enabled';
  return undefined;
}
