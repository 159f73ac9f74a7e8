/**
 * Gives containers the requests and limits that LimitRanges have for those who say nothing, and refuses what is outside their bounds.
 * Upstream: k8s.io/kubernetes/plugin/pkg/admission/limitranger
 */
import type { Draft } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import { podLimits, podRequests } from '../../resources/core/pod-requests.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { ResourceList } from '../../resources/validation/resource-lists.ts';
import { prefixOf, subjectOf } from '../registry/object-store.ts';
import type { AdmissionDependencies } from './builtin.ts';
import { claimComplaints, limitComplaints } from './limit-bounds.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

const annotation = 'kubernetes.io/limit-ranger';

export function limitRanger({ objects, registry }: AdmissionDependencies): AdmissionPlugin {
  const rangesIn = (namespace: string): corev1.LimitRange[] => {
    const found = registry.byResource('', 'v1', 'limitranges');
    if (!found) return [];
    const { definition } = found;
    return objects.cacheOf(definition).list({ prefix: prefixOf(definition, namespace) }).map(({ object }) => object as unknown as corev1.LimitRange);
  };
  return {
    name: 'LimitRanger',
    handles({ operation, definition, subresource }) {
      if (definition.group !== '') return false;
      if (definition.plural === 'pods') return (operation === 'CREATE' && subresource === '') || (operation === 'UPDATE' && subresource === 'resize');
      return definition.plural === 'persistentvolumeclaims' && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE');
    },
    admit({ operation, definition, object, namespace }) {
      if (definition.plural !== 'pods' || operation !== 'CREATE') return;
      for (const range of rangesIn(namespace)) fillIn(object as unknown as Draft<corev1.Pod>, range);
    },
    validate(attributes) {
      for (const range of rangesIn(attributes.namespace)) refuse(attributes, complaintsOf(range, attributes));
    },
  };
}

/** Requests and limits that are not given. What was set is told in an annotation. */
function fillIn(pod: Draft<corev1.Pod>, range: corev1.LimitRange): void {
  const items = (range.spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const requests: ResourceList = Object.assign({}, ...items.map(({ defaultRequest }) => defaultRequest));
  const limits: ResourceList = Object.assign({}, ...items.map((item) => item.default));
  const told: string[] = [];
  const fill = (container: Draft<corev1.Container>, what: string): void => {
    for (const [part, word, amounts] of [['requests', 'request', requests], ['limits', 'limit', limits]] as const) {
      const missing = Object.keys(amounts).filter((name) => container.resources?.[part]?.[name] === undefined).sort();
      if (missing.length === 0) continue;
      const resources = (container.resources ??= {});
      resources[part] = { ...resources[part], ...Object.fromEntries(missing.map((name) => [name, amounts[name] ?? '0'])) };
      told.push(`${missing.join(', ')} ${word} for ${what} ${container.name}`);
    }
  };
  for (const container of pod.spec?.containers ?? []) fill(container, 'container');
  for (const container of pod.spec?.initContainers ?? []) fill(container, 'init container');
  if (told.length > 0) pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${told.join('; ')}` };
}

function complaintsOf({ spec }: corev1.LimitRange, { definition, object }: AdmissionAttributes): string[] {
  const limits = spec?.limits ?? [];
  if (definition.plural === 'persistentvolumeclaims') {
    const { resources } = (object as unknown as corev1.PersistentVolumeClaim).spec ?? {};
    return limits.filter(({ type }) => type === 'PersistentVolumeClaim').flatMap((item) => claimComplaints(item, resources?.requests ?? {}));
  }
  const { spec: podSpec } = object as unknown as corev1.Pod;
  const containers = [...(podSpec?.containers ?? []), ...(podSpec?.initContainers ?? [])];
  return limits.flatMap((item) => {
    if (item.type === 'Container') return containers.flatMap(({ resources }) => limitComplaints(item, resources?.requests ?? {}, resources?.limits ?? {}));
    return item.type === 'Pod' ? limitComplaints(item, podRequests(podSpec), podLimits(podSpec)) : [];
  });
}

function refuse({ definition, name }: AdmissionAttributes, complaints: readonly string[]): void {
  const different = [...new Set(complaints)];
  if (different.length > 0) throw status.forbidden(subjectOf(definition), name, different.length === 1 ? (different[0] ?? '') : `[${different.join(', ')}]`);
}
