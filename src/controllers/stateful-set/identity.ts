/**
 * What makes a Pod the n-th of its set: its name, its labels, its host name and its claims.
 * Upstream: pkg/controller/statefulset/stateful_set_utils.go
 */
import { draft, type Draft } from '../../apimachinery/object.ts';
import { statefulSets } from '../../resources/apps/stateful-set.ts';
import type * as appsv1 from '../../resources/types/apps-v1.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { revisionHashLabel, templateOf, type Revision } from '../runtime/history.ts';
import { podFromTemplate } from '../runtime/pod-control.ts';

type Set = appsv1.StatefulSet;

export const podNameLabel = 'statefulset.kubernetes.io/pod-name';
export const podIndexLabel = 'apps.kubernetes.io/pod-index';

export const nameOf = (object: { readonly metadata: { readonly name?: string | undefined } }): string => object.metadata.name ?? '';

/** The set's name and the number in a Pod's name; undefined for a name of another form. */
export function parentAndOrdinal(pod: corev1.Pod): { readonly parent: string; readonly ordinal: number } | undefined {
  const match = /^(.*)-(\d+)$/.exec(nameOf(pod));
  return match?.[1] === undefined ? undefined : { parent: match[1], ordinal: Number(match[2]) };
}

export const ordinalOf = (pod: corev1.Pod): number => parentAndOrdinal(pod)?.ordinal ?? -1;
export const isMember = (set: Set, pod: corev1.Pod): boolean => parentAndOrdinal(pod)?.parent === nameOf(set);

/** Ordinals from `first` up to, not including, `end`. */
export function ordinalRange({ spec }: Set): { readonly first: number; readonly end: number } {
  const first = spec?.ordinals?.start ?? 0;
  return { first, end: first + (spec?.replicas ?? 1) };
}

/** The name of the revision a Pod was made from. */
export const revisionNameOf = (pod: corev1.Pod): string | undefined => pod.metadata.labels?.[revisionHashLabel];

export const claimName = (template: string, set: Set, ordinal: number): string => `${template}-${nameOf(set)}-${ordinal}`;

/** The n-th Pod of a set, from a revision's template. */
export function podOf(set: Set, revision: Revision, ordinal: number): Draft<corev1.Pod> {
  const pod = podFromTemplate(templateOf(revision), statefulSets, set);
  delete pod.metadata.generateName;
  pod.metadata.name = `${nameOf(set)}-${ordinal}`;
  pod.metadata.labels = { ...pod.metadata.labels, ...identityLabels(pod.metadata.name, ordinal), [revisionHashLabel]: nameOf(revision) };
  if (!pod.spec) return pod;
  pod.spec.hostname = pod.metadata.name;
  if (set.spec?.serviceName) pod.spec.subdomain = set.spec.serviceName;
  const claimed = (set.spec?.volumeClaimTemplates ?? []).map((template) => ({ name: nameOf(template), persistentVolumeClaim: { claimName: claimName(nameOf(template), set, ordinal) } }));
  const others = (pod.spec.volumes ?? []).filter(({ name }) => !claimed.some((volume) => volume.name === name));
  if (claimed.length + others.length > 0) pod.spec.volumes = [...claimed, ...others];
  return pod;
}

export const identityLabels = (name: string, ordinal: number): Record<string, string> => ({ [podNameLabel]: name, [podIndexLabel]: String(ordinal) });

/** The claims of the n-th Pod. */
export function claimsOf(set: Set, ordinal: number): Draft<corev1.PersistentVolumeClaim>[] {
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => {
    const { labels, annotations, finalizers } = template.metadata;
    const claim: Draft<corev1.PersistentVolumeClaim> = {
      metadata: {
        name: claimName(nameOf(template), set, ordinal),
        ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
        labels: { ...labels, ...set.spec?.selector?.matchLabels },
        ...(annotations ? { annotations: { ...annotations } } : {}),
        ...(finalizers ? { finalizers: [...finalizers] } : {}),
      },
    };
    if (template.spec) claim.spec = draft(template.spec);
    return claim;
  });
}
