/**
 * What the resize subresource may change: cpu and memory of containers and sidecars, without changing what the Pod is promised. Whether
 * a lower limit of memory is more than what is in use is for the node to say.
 * Upstream: pkg/apis/core/validation/validation.go (ValidatePodResize)
 */
import { FieldPath, forbidden, invalid, type FieldError } from '../../apimachinery/field-error.ts';
import { mirrorAnnotation } from '../pod-spec/annotations.ts';
import { isSidecar } from '../pod-spec/containers.ts';
import type * as corev1 from '../types/core-v1.ts';
import { sameJson } from '../validation/fields.ts';
import { qosClassOf } from './pod-qos.ts';

const spec = FieldPath.of('spec');
const whole = new FieldPath();

export function validateResize(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) return [forbidden(whole, 'static pods cannot be resized')];
  if (old.spec?.os?.name === 'windows') return [forbidden(whole, 'windows pods cannot be resized')];
  const errors = validateNames(pod, old);
  if (errors.length > 0) return errors;
  const now = qosClassOf(pod.spec);
  if (now !== (old.status?.qosClass ?? qosClassOf(old.spec))) errors.push(invalid(spec, old.status?.qosClass ?? now, 'Pod QOS Class may not change as a result of resizing'));
  const running = (old.status?.containerStatuses ?? []).find(({ state }) => state?.running !== undefined);
  if (running !== undefined && running.resources === undefined) errors.push(forbidden(spec, 'Pod running on node without support for resize'));
  for (const list of ['initContainers', 'containers'] as const) {
    (old.spec?.[list] ?? []).forEach((before, i) => {
      const container = pod.spec?.[list]?.[i];
      if (container !== undefined && (list === 'containers' || isSidecar(before))) errors.push(...validateContainerResize(container, before, spec.child(list).index(i).child('resources')));
    });
  }
  return [...errors, ...validateOnlyComputes(pod, old)];
}

type Names = readonly { readonly name: string }[] | undefined;

/** Whether both lists are of the same containers, in the same order. */
export const haveSameNames = (a: Names, b: Names): boolean => (a ?? []).length === (b ?? []).length && (a ?? []).every(({ name }, i) => name === b?.[i]?.name);

function validateNames(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((list) => {
    const now = pod.spec?.[list] ?? [];
    const before = old.spec?.[list] ?? [];
    if (now.length !== before.length) return [forbidden(spec.child(list), `${list} may not be added or removed on resize`)];
    return before.flatMap(({ name }, i) => (name === now[i]?.name ? [] : [forbidden(spec.child(list).index(i).child('name'), `${list} may not be renamed or reordered on resize`)]));
  });
}

function validateContainerResize(container: corev1.Container, before: corev1.Container, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  for (const part of ['requests', 'limits'] as const) {
    const lost = Object.keys(before.resources?.[part] ?? {}).some((name) => container.resources?.[part]?.[name] === undefined);
    if (lost) errors.push(forbidden(path.child(part), `resource ${part} cannot be removed`));
  }
  return errors;
}

/** A container without what a resize may change. */
function fixedPart(container: corev1.Container): unknown {
  const { limits, requests, ...rest } = container.resources ?? {};
  const others = (list: Readonly<Record<string, string>> | undefined): unknown => Object.entries(list ?? {}).filter(([name]) => name !== 'cpu' && name !== 'memory').sort();
  return { ...container, resources: rest, limits: others(limits), requests: others(requests) };
}

function validateOnlyComputes(pod: corev1.Pod, old: corev1.Pod): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, container] of (pod.spec?.containers ?? []).entries()) {
    const before = old.spec?.containers[i];
    if (before !== undefined && !sameJson(fixedPart(container), fixedPart(before))) errors.push(forbidden(spec, 'only cpu and memory resources are mutable'));
  }
  for (const [i, container] of (pod.spec?.initContainers ?? []).entries()) {
    const before = old.spec?.initContainers?.[i];
    if (before === undefined || sameJson(container, before)) continue;
    if (!isSidecar(before)) errors.push(forbidden(spec, 'resources for non-sidecar init containers are immutable'));
    else if (!sameJson(fixedPart(container), fixedPart(before))) errors.push(forbidden(spec, 'only cpu and memory resources for sidecar containers are mutable'));
  }
  return errors;
}
