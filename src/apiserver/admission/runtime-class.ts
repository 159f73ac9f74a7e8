/**
 * What a RuntimeClass means for its Pods: what each costs beside its containers, and the nodes that they may go to.
 * Upstream: k8s.io/kubernetes/plugin/pkg/admission/runtimeclass
 */
import type { Draft } from '../../apimachinery/object.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import * as status from '../../apimachinery/status-error.ts';
import { mergeTolerations } from '../../resources/core/tolerations.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as nodev1 from '../../resources/types/node-v1.ts';
import type { ResourceList } from '../../resources/validation/resource-lists.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

const differs = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
const unfounded = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';

export function runtimeClass({ objects, registry }: AdmissionDependencies): AdmissionPlugin {
  const classOf = ({ object, name }: AdmissionAttributes): nodev1.RuntimeClass | undefined => {
    const wanted = podOf(object).spec?.runtimeClassName ?? '';
    if (wanted === '') return undefined;
    const kind = registry.byResource('node.k8s.io', 'v1', 'runtimeclasses');
    const found = kind && objects.find(kind.definition, '', wanted);
    if (!found) throw refusal(name, `pod rejected: RuntimeClass ${JSON.stringify(wanted)} not found`);
    return found.object as unknown as nodev1.RuntimeClass;
  };
  return {
    name: 'RuntimeClass',
    handles: ({ operation, definition, subresource }) => operation === 'CREATE' && subresource === '' && definition.plural === 'pods' && definition.group === '',
    admit(attributes) {
      const { spec } = podOf(attributes.object);
      const chosen = classOf(attributes);
      if (!spec || !chosen) return;
      if (chosen.overhead) {
        const fixed = chosen.overhead.podFixed ?? {};
        if (!isNothing(spec.overhead) && !sameAmounts(spec.overhead ?? {}, fixed)) throw refusal(attributes.name, differs);
        spec.overhead = { ...fixed };
      }
      if (chosen.scheduling) direct(spec, chosen.scheduling, attributes.name);
    },
    /** What comes after may have changed the Pod, and one without a class must not have a cost of its own. */
    validate(attributes) {
      const { spec } = podOf(attributes.object);
      const chosen = classOf(attributes);
      if (isNothing(spec?.overhead)) return;
      if (!chosen?.overhead) throw refusal(attributes.name, unfounded);
      if (!sameAmounts(spec?.overhead ?? {}, chosen.overhead.podFixed ?? {})) throw refusal(attributes.name, differs);
    },
  };
}

const podOf = (object: unknown): Draft<corev1.Pod> => object as Draft<corev1.Pod>;
const refusal = (pod: string, why: string): Error => status.forbidden({ group: '', resource: 'pods' }, pod, why);
const isNothing = (amounts: ResourceList | undefined): boolean => Object.keys(amounts ?? {}).length === 0;

function sameAmounts(a: ResourceList, b: ResourceList): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => b[name] !== undefined && compareQuantities(a[name] ?? '0', b[name]) === 0);
}

/** Adds the class's wishes to the Pod's own; the two must not contradict one another. */
function direct(spec: Draft<corev1.PodSpec>, { nodeSelector = {}, tolerations = [] }: nodev1.Scheduling, pod: string): void {
  for (const [key, value] of Object.entries(nodeSelector)) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value) throw refusal(pod, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`);
  }
  if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  if (tolerations.length > 0) spec.tolerations = mergeTolerations(spec.tolerations ?? [], tolerations).map((one) => ({ ...one }));
}
