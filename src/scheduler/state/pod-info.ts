/** A Pod as the scheduler sees it: what is read again and again, parsed once. */
import type { Labels } from '../../apimachinery/label-selector.ts';
import { hostPorts, type HostPort } from '../../resources/core/pod-ports.ts';
import { podRequests } from '../../resources/core/pod-requests.ts';
import { claimNameOf } from '../../resources/core/volume-claims.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { affinityTerm, type AffinityTerm, type WeightedTerm } from './affinity-term.ts';
import { amountsOf, type Amounts } from './amounts.ts';

export interface PodInfo {
  /** The newest state; replaced in place when a change does not matter here. */
  pod: corev1.Pod;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels | undefined;
  readonly priority: number;
  readonly requests: Amounts;
  /** Requests where a container that names none counts as a small one: for scoring, so that such Pods spread too. */
  readonly scored: Amounts;
  readonly ports: readonly HostPort[];
  /** Names of the PersistentVolumeClaims used, in the Pod's namespace. */
  readonly claims: readonly string[];
  readonly affinity: PodAffinityTerms | undefined;
}

/** Whether a claim is one that a Pod uses. */
export const usesClaim = ({ namespace, claims }: PodInfo, { metadata }: corev1.PersistentVolumeClaim): boolean => metadata.namespace === namespace && claims.includes(metadata.name ?? '');

export interface PodAffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly WeightedTerm[];
  readonly preferredAnti: readonly WeightedTerm[];
}

/** What a container without requests counts for in scores: 100 millicores and 200 MiB. */
const smallContainer = { cpu: '100m', memory: '200Mi' };

const none: readonly never[] = [];

export function podInfo(pod: corev1.Pod): PodInfo {
  const { namespace = '', name = '', uid = '', labels } = pod.metadata;
  const requests = amountsOf(podRequests(pod.spec));
  return {
    pod,
    uid,
    namespace,
    name,
    labels,
    priority: pod.spec?.priority ?? 0,
    requests,
    scored: scoredRequests(pod.spec, requests),
    ports: hostPorts(pod.spec),
    claims: claimNames(pod),
    affinity: affinityOf(pod, namespace),
  };
}

function scoredRequests(spec: corev1.PodSpec | undefined, requests: Amounts): Amounts {
  const namesAll = (container: corev1.Container): boolean => container.resources?.requests?.['cpu'] !== undefined && container.resources.requests['memory'] !== undefined;
  if (spec === undefined || [...spec.containers, ...(spec.initContainers ?? none)].every(namesAll)) return requests;
  const filled = (container: corev1.Container): corev1.Container => ({ ...container, resources: { ...container.resources, requests: { ...smallContainer, ...container.resources?.requests } } });
  return amountsOf(podRequests({ ...spec, containers: spec.containers.map(filled), initContainers: spec.initContainers?.map(filled) }));
}

function claimNames(pod: corev1.Pod): readonly string[] {
  const names: string[] = [];
  for (const volume of pod.spec?.volumes ?? none) {
    const name = claimNameOf(pod, volume);
    if (name !== undefined) names.push(name);
  }
  return names.length === 0 ? none : names;
}

/** The terms that a Pod names; undefined when it names none. */
export function affinityOf(pod: corev1.Pod, namespace = pod.metadata.namespace ?? ''): PodAffinityTerms | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return undefined;
  const terms = (of: readonly corev1.PodAffinityTerm[] = none): AffinityTerm[] => of.map((term) => affinityTerm(term, namespace, pod.metadata.labels));
  const weighted = (of: readonly corev1.WeightedPodAffinityTerm[] = none): WeightedTerm[] => of.map(({ weight, podAffinityTerm }) => ({ weight, term: affinityTerm(podAffinityTerm, namespace, pod.metadata.labels) }));
  return {
    required: terms(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAnti: terms(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: weighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAnti: weighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  };
}

/** Whether two states of a Pod differ in nothing that PodInfo keeps apart. */
export function sameForScheduling(a: corev1.Pod, b: corev1.Pod): boolean {
  const generations = a.metadata.generation === b.metadata.generation && a.metadata.generation !== undefined;
  if (a.spec !== b.spec && !generations) return false;
  return a.metadata.labels === b.metadata.labels || sameLabels(a.metadata.labels, b.metadata.labels);
}

export function sameLabels(a: Labels = {}, b: Labels = {}): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
