/** Turns a Pod's priorityClassName into its priority. Upstream: k8s.io/kubernetes/plugin/pkg/admission/priority */
import type { Draft } from '../../apimachinery/object.ts';
import * as status from '../../apimachinery/status-error.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type * as schedulingv1 from '../../resources/types/scheduling-v1.ts';
import type { AdmissionDependencies } from './builtin.ts';
import type { AdmissionPlugin } from './plugin.ts';

const group = 'scheduling.k8s.io';

export function priority({ objects, registry }: AdmissionDependencies): AdmissionPlugin {
  const classes = (): schedulingv1.PriorityClass[] => {
    const found = registry.byResource(group, 'v1', 'priorityclasses');
    return found ? objects.cacheOf(found.definition).list({ prefix: '/' }).map(({ object }) => object as unknown as schedulingv1.PriorityClass) : [];
  };
  return {
    name: 'Priority',
    handles: ({ operation, definition, subresource }) => operation === 'CREATE' && subresource === '' && definition.plural === 'pods' && definition.group === '',
    admit({ object, name }) {
      const pod = object as unknown as Draft<corev1.Pod>;
      if (!pod.spec) return;
      const wanted = pod.spec.priorityClassName ?? '';
      const chosen = wanted === '' ? globalDefault(classes()) : classes().find((one) => one.metadata.name === wanted);
      if (wanted !== '' && !chosen) throw status.forbidden({ group: '', resource: 'pods' }, name, `no PriorityClass with name ${wanted} was found`);
      const value = chosen?.value ?? 0;
      if (pod.spec.priority !== undefined && pod.spec.priority !== value) {
        throw status.forbidden({ group: '', resource: 'pods' }, name, `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`);
      }
      pod.spec.priority = value;
      if (chosen?.metadata.name !== undefined && wanted === '') pod.spec.priorityClassName = chosen.metadata.name;
      pod.spec.preemptionPolicy ??= chosen?.preemptionPolicy ?? 'PreemptLowerPriority';
    },
  };
}

/** Of several defaults the lowest counts. */
function globalDefault(classes: readonly schedulingv1.PriorityClass[]): schedulingv1.PriorityClass | undefined {
  return classes.filter((one) => one.globalDefault).sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}
