/** The numbered Pods of an Indexed Job. Upstream: pkg/controller/job/indexed_job_utils.go */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export const indexAnnotation = 'batch.kubernetes.io/job-completion-index';

export function indexOf(pod: corev1.Pod): number | undefined {
  const text = pod.metadata.annotations?.[indexAnnotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

const failureCountAnnotation = 'batch.kubernetes.io/job-index-failure-count';

/** How often a Pod's number had failed when the Pod was made. */
export function failuresBefore(pod: corev1.Pod): number {
  const text = pod.metadata.annotations?.[failureCountAnnotation] ?? '';
  return /^\d+$/.test(text) ? Number(text) : 0;
}

export function noteFailures(pod: Draft<corev1.Pod>, failures: number): void {
  pod.metadata.annotations = { ...pod.metadata.annotations, [failureCountAnnotation]: String(failures) };
}

/** Gives a Pod its number: annotation, label, name, host name and environment. */
export function number(pod: Draft<corev1.Pod>, job: string, index: number): void {
  const text = String(index);
  pod.metadata.generateName = `${job}-${text}-`;
  pod.metadata.annotations = { ...pod.metadata.annotations, [indexAnnotation]: text };
  pod.metadata.labels = { ...pod.metadata.labels, [indexAnnotation]: text };
  if (!pod.spec) return;
  pod.spec.hostname ??= `${job}-${text}`;
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    if ((container.env ?? []).some(({ name }) => name === 'JOB_COMPLETION_INDEX')) continue;
    container.env = [...(container.env ?? []), { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${indexAnnotation}']` } } }];
  }
}

/** '0-2,5' */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const runs: [number, number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from},${to}` : `${from}-${to}`)).join(',');
}

export function parseIndexes(text: string | undefined): Set<number> {
  const indexes = new Set<number>();
  for (const run of (text ?? '').split(',').filter(Boolean)) {
    const [from = 0, to = from] = run.split('-').map(Number);
    for (let index = from; index <= to; index++) indexes.add(index);
  }
  return indexes;
}
