/** What a Job's podFailurePolicy says of a failed Pod. Upstream: pkg/controller/job/pod_failure_policy.go */
import type * as batchv1 from '../../resources/types/batch-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export interface FailureRuling {
  /** 'Count' where no rule matches. */
  readonly action: 'Count' | 'Ignore' | 'FailIndex' | 'FailJob';
  /** Which rule, and why: for the Job's condition. */
  readonly message: string;
}

const counted: FailureRuling = { action: 'Count', message: '' };

export function rulingOn(job: batchv1.Job, pod: corev1.Pod): FailureRuling {
  for (const [index, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const match = matchExitCode(rule.onExitCodes, pod) ?? matchCondition(rule.onPodConditions, pod);
    if (match === undefined) continue;
    const action = rule.action as FailureRuling['action'];
    // An index can fail only where indexes have limits of their own.
    if (action === 'FailIndex' && job.spec?.backoffLimitPerIndex === undefined) return counted;
    return { action, message: `${match} matching ${action} rule at index ${index}` };
  }
  return counted;
}

function matchExitCode(rule: batchv1.PodFailurePolicyOnExitCodesRequirement | undefined, pod: corev1.Pod): string | undefined {
  if (!rule) return undefined;
  for (const { name, state } of [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]) {
    const code = state?.terminated?.exitCode;
    if (code === undefined || code === 0 || (rule.containerName !== undefined && rule.containerName !== name)) continue;
    if (rule.values.includes(code) === (rule.operator === 'In')) return `Container ${name} for pod ${nameOf(pod)} failed with exit code ${code}`;
  }
  return undefined;
}

function matchCondition(patterns: batchv1.PodFailurePolicyRule['onPodConditions'], pod: corev1.Pod): string | undefined {
  const match = (pod.status?.conditions ?? []).find(({ type, status }) => (patterns ?? []).some((pattern) => pattern.type === type && (pattern.status ?? 'True') === status));
  return match && `Pod ${nameOf(pod)} has condition ${match.type}`;
}

const nameOf = ({ metadata: { namespace = '', name = '' } }: corev1.Pod): string => `${namespace}/${name}`;
