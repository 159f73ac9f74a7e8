/**
 * What a Namespace that is being deleted says of its progress.
 * Upstream: pkg/controller/namespace/deletion/status_condition_utils.go
 */
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { Emptied } from './contents.ts';

type Condition = corev1.NamespaceCondition;

/** The conditions after `emptied`, keeping the transition times of those whose status stays. */
export function deletionConditions(old: readonly Condition[], emptied: Emptied, now: string): Condition[] {
  const wanted = [
    verdict('NamespaceDeletionDiscoveryFailure', emptied.discoveryFailures.length > 0, ['DiscoveryFailed', `Discovery failed for some groups, ${emptied.discoveryFailures.length} failing: ${emptied.discoveryFailures.join(', ')}`], ['ResourcesDiscovered', 'All resources successfully discovered']),
    verdict('NamespaceDeletionGroupVersionParsingFailure', false, ['', ''], ['ParsedGroupVersions', 'All legacy kube types successfully parsed']),
    verdict('NamespaceDeletionContentFailure', emptied.deletionFailures.length > 0, ['ContentDeletionFailed', `Failed to delete all resource types, ${emptied.deletionFailures.length} remaining: ${emptied.deletionFailures.join(', ')}`], ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization']),
    verdict('NamespaceContentRemaining', emptied.remaining.size > 0, ['SomeResourcesRemain', `Some resources are remaining: ${counts(emptied.remaining, (name, n) => `${name} has ${n} resource instances`)}`], ['ContentRemoved', 'All content successfully removed']),
    verdict('NamespaceFinalizersRemaining', emptied.finalizers.size > 0, ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${counts(emptied.finalizers, (name, n) => `${name} in ${n} resource instances`)}`], ['ContentHasNoFinalizers', 'All content-preserving finalizers finished']),
  ];
  const kept = old.filter(({ type }) => !wanted.some((condition) => condition.type === type));
  return [...kept, ...wanted.map((condition) => withTransition(condition, old.find(({ type }) => type === condition.type), now))];
}

function verdict(type: string, wrong: boolean, bad: readonly [string, string], good: readonly [string, string]): Condition {
  const [reason, message] = wrong ? bad : good;
  return { type, status: wrong ? 'True' : 'False', reason, message };
}

function withTransition(condition: Condition, old: Condition | undefined, now: string): Condition {
  if (old && old.status === condition.status && old.reason === condition.reason && old.message === condition.message) return old;
  return { ...condition, lastTransitionTime: old?.status === condition.status ? (old.lastTransitionTime ?? now) : now };
}

function counts(of: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string {
  return [...of].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => text(name, count)).join(', ');
}
