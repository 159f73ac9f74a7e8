/**
 * Node selectors: whether a node is one that a Pod, a volume or a constraint asks for.
 * Upstream: k8s.io/component-helpers/scheduling/corev1/nodeaffinity
 */
import { LabelSelector, type LabelOperator, type Labels } from '../../apimachinery/label-selector.ts';
import type * as corev1 from '../types/core-v1.ts';

const operators: Readonly<Record<string, LabelOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' };

/** What is asked of a node. */
export interface NodeFacts {
  readonly name: string;
  readonly labels: Labels;
}

export type NodeMatcher = (node: NodeFacts) => boolean;

/** One term: all its expressions must hold. An empty term matches nothing. */
export function termMatcher(term: corev1.NodeSelectorTerm): NodeMatcher {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return () => false;
  const labels = selectorFrom(matchExpressions);
  const fields = selectorFrom(matchFields);
  if (labels === undefined || fields === undefined) return () => false;
  return (node) => labels.matches(node.labels) && (matchFields.length === 0 || fields.matches({ 'metadata.name': node.name }));
}

/** Any of the terms. */
export function selectorMatcher(selector: corev1.NodeSelector): NodeMatcher {
  const terms = selector.nodeSelectorTerms.map(termMatcher);
  return (node) => terms.some((matches) => matches(node));
}

function selectorFrom(requirements: readonly corev1.NodeSelectorRequirement[]): LabelSelector | undefined {
  const known = requirements.map(({ key, operator, values = [] }) => ({ key, operator: operators[operator], values }));
  if (known.some(({ operator }) => operator === undefined)) return undefined;
  return new LabelSelector(known.map(({ key, operator = 'in', values }) => ({ key, operator, values })));
}

/** The nodes a Pod may go to by its nodeSelector and required node affinity; undefined when it asks for none. */
export function requiredNodes(spec: corev1.PodSpec | undefined): NodeMatcher | undefined {
  const wanted = Object.entries(spec?.nodeSelector ?? {});
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (wanted.length === 0 && required === undefined) return undefined;
  const affinity = required === undefined ? () => true : selectorMatcher(required);
  return (node) => wanted.every(([key, value]) => node.labels[key] === value) && affinity(node);
}

/** When every term names its nodes by metadata.name: those names. They bound the search. */
export function namedNodes(spec: corev1.PodSpec | undefined): ReadonlySet<string> | undefined {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let ofTerm: string[] | undefined;
    for (const { key, operator, values = [] } of matchFields) {
      if (key === 'metadata.name' && operator === 'In') ofTerm = ofTerm === undefined ? [...values] : ofTerm.filter((name) => values.includes(name));
    }
    if (ofTerm === undefined) return undefined;
    for (const name of ofTerm) names.add(name);
  }
  return names;
}
