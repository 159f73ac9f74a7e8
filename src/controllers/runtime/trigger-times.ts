/**
 * When what a Service's endpoints follow from changed, for those who measure how long traffic takes to follow.
 * Upstream: k8s.io/endpointslice/trigger_time_tracker.go
 */
import { objectKey } from '../../apimachinery/object.ts';
import { podCondition } from '../../resources/core/pod-conditions.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';

export const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

interface Known {
  readonly service: string;
  /** By name. */
  readonly pods: ReadonlyMap<string, string>;
}

export class TriggerTimes {
  readonly #known = new Map<string, Known>();

  /** The earliest of the changes since the Service was last looked at; for a Service not seen before its creation. undefined: none. */
  next(service: corev1.Service, pods: readonly corev1.Pod[]): string | undefined {
    const key = objectKey(service);
    const before = this.#known.get(key);
    const created = service.metadata.creationTimestamp ?? '';
    const now = new Map(pods.map((pod) => [pod.metadata.name ?? '', podCondition(pod, 'Ready')?.lastTransitionTime ?? '']));
    this.#known.set(key, { service: created, pods: now });
    if (!before) return created;
    const changed = [...now].filter(([name, at]) => at > (before.pods.get(name) ?? '')).map(([, at]) => at);
    if (created > before.service) changed.push(created);
    return changed.sort()[0];
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}

/** Annotations with the time, or without one. */
export function withTriggerTime(annotations: Readonly<Record<string, string>> | undefined, at: string | undefined): Readonly<Record<string, string>> {
  const { [triggerTimeAnnotation]: _old, ...others } = annotations ?? {};
  return at === undefined ? others : { ...others, [triggerTimeAnnotation]: at };
}
