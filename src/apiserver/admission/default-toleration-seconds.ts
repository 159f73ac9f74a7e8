/** Pods stay for five minutes on a node that is not ready or not reachable, unless they say otherwise. */
import type { Draft } from '../../apimachinery/object.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import type { AdmissionPlugin } from './plugin.ts';

const seconds = 300;
const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

export function defaultTolerationSeconds(): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    handles: ({ operation, definition, subresource }) => definition.plural === 'pods' && definition.group === '' && subresource === '' && operation === 'CREATE',
    admit({ object }) {
      const pod = object as unknown as Draft<corev1.Pod>;
      if (!pod.spec) return;
      const tolerations = (pod.spec.tolerations ??= []);
      for (const key of taints) {
        const told = tolerations.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect));
        if (!told) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds });
      }
    },
  };
}
