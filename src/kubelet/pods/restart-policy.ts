/**
 * Whether a container runs again once it has ended: its own rules by exit code first, then its own policy, then its Pod's.
 * Upstream: pkg/kubelet/container/helpers.go (ShouldContainerBeRestarted), k8s.io/kubernetes/pkg/api/v1/pod (restart rules)
 */
import type { Container, ContainerRestartRule, Pod } from '../../resources/types/core-v1.ts';
import type { PodContainer } from './pod-containers.ts';
import type { ContainerRecord } from './runtime-pod.ts';

/** `all`: the whole Pod begins anew, init containers first. */
export type AfterExit = 'again' | 'all' | 'over';

export function afterExit(pod: Pod, { role, spec }: Pick<PodContainer, 'role' | 'spec'>, exitCode: number): AfterExit {
  if (role === 'ephemeral') return 'over';
  const rule = (spec.restartPolicyRules ?? []).find((candidate) => matches(candidate, exitCode));
  if (rule !== undefined) return rule.action === 'RestartAllContainers' ? 'all' : 'again';
  const policy = restartPolicy(pod, spec, role === 'init');
  if (policy === 'Always') return 'again';
  return policy === 'OnFailure' && exitCode !== 0 ? 'again' : 'over';
}

/** Init containers that have succeeded are done, whatever the Pod's policy: for them Always means until they succeed. */
function restartPolicy(pod: Pod, container: Container, init: boolean): string {
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always';
  return init && policy === 'Always' ? 'OnFailure' : policy;
}

function matches({ exitCodes }: ContainerRestartRule, exitCode: number): boolean {
  const listed = (exitCodes?.values ?? []).includes(exitCode);
  return exitCodes?.operator === 'In' ? listed : exitCodes?.operator === 'NotIn' && !listed;
}

/** Whether a container with this last record runs, or is to run (again). */
export function mayRun(pod: Pod, container: Pick<PodContainer, 'role' | 'spec'>, record: ContainerRecord | undefined): boolean {
  return record?.state !== 'exited' || afterExit(pod, container, record.exitCode) !== 'over';
}
