/** A Pod affinity term, parsed: which Pods it means, and over which topology. Upstream: k8s.io/kubernetes/pkg/scheduler/framework (AffinityTerm) */
import { LabelSelector, SelectorError, selectorOf, type Labels, type LabelSelectorObject } from '../../apimachinery/label-selector.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export interface AffinityTerm {
  readonly topologyKey: string;
  readonly selector: LabelSelector;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: LabelSelector;
}

export interface WeightedTerm {
  readonly weight: number;
  readonly term: AffinityTerm;
}

/** The labels of a namespace. */
export type NamespaceLabels = (namespace: string) => Labels | undefined;

/** What a term is asked about. */
interface TermSubject {
  readonly namespace: string;
  readonly labels: Labels | undefined;
}

/** `labels` are those of the Pod whose term it is: matchLabelKeys and mismatchLabelKeys take their values from them. */
export function affinityTerm(term: corev1.PodAffinityTerm, ownNamespace: string, labels: Labels = {}): AffinityTerm {
  const own = (term.namespaces ?? []).length === 0 && term.namespaceSelector === undefined;
  return {
    topologyKey: term.topologyKey,
    selector: withOwnValues(withOwnValues(selectorOrNothing(term.labelSelector), term.matchLabelKeys, 'in', labels), term.mismatchLabelKeys, 'notin', labels),
    namespaces: new Set(own ? [ownNamespace] : term.namespaces),
    namespaceSelector: selectorOrNothing(term.namespaceSelector),
  };
}

/** The selector, and for each of the keys that the Pod has as a label, (not) its value. */
export function withOwnValues(selector: LabelSelector, keys: readonly string[] | undefined, operator: 'in' | 'notin', labels: Labels = {}): LabelSelector {
  const own = (keys ?? []).flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]));
  return own.length === 0 ? selector : new LabelSelector([...selector.requirements, ...own], selector.matchesNothing);
}

/** Validation keeps selectors out that cannot be understood; one that got in matches nothing, rather than stopping all scheduling. */
export function selectorOrNothing(selector: LabelSelectorObject | undefined): LabelSelector {
  try {
    return selectorOf(selector);
  } catch (error) {
    if (error instanceof SelectorError) return LabelSelector.nothing;
    throw error;
  }
}

export function termMatches(term: AffinityTerm, pod: TermSubject, namespaceLabels: NamespaceLabels): boolean {
  const { namespaceSelector } = term;
  const meant = term.namespaces.has(pod.namespace) || (!namespaceSelector.matchesNothing && namespaceSelector.matches(namespaceLabels(pod.namespace) ?? {}));
  return meant && term.selector.matches(pod.labels);
}
