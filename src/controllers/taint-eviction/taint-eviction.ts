/**
 * Deletes Pods from nodes whose NoExecute taints they do not stand, or stand only for so long.
 * Upstream: pkg/controller/tainteviction/taint_eviction.go
 */
import { timestamp } from '../../base/clock.ts';
import { draft } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { tolerates } from '../../resources/core/node-conditions.ts';
import { nodes } from '../../resources/core/node.ts';
import { setPodCondition } from '../../resources/core/pod-conditions.ts';
import { isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';
import { indexByNode, podsOnNode } from '../runtime/node-pods.ts';
import { involved } from '../runtime/owners.ts';

export const taintEvictionController: ControllerFactory = (context) => {
  const { client, clock, informers } = context;
  const nodeInformer = informers.of(nodes);
  const podInformer = indexByNode(informers.of(pods));
  const recorder = context.recorder('taint-eviction-controller');
  /** When a Pod first met the taints of its node, ms; upstream counts tolerationSeconds from then. */
  const met = new Map<string, number>();

  const evict = async (pod: corev1.Pod): Promise<void> => {
    const { name = '', namespace = '', uid } = pod.metadata;
    recorder.event(involved(pods, pod), 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
    const status = draft(pod.status ?? {});
    setPodCondition(status, { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' }, timestamp(clock.now()));
    const resource = client.of(pods).namespace(namespace);
    try {
      await resource.patch(name, 'strategic', { metadata: { uid }, status: { conditions: status.conditions?.filter(({ type }) => type === 'DisruptionTarget') } }, { subresource: 'status' });
      await resource.delete(name, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  };

  const controller = new Controller(context, {
    name: 'taint-eviction-controller',
    workers: 8,
    async reconcile(name) {
      const taints = (nodeInformer.get(name)?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
      const now = clock.now();
      let wait = Infinity;
      const due: corev1.Pod[] = [];
      for (const pod of podsOnNode(podInformer, name)) {
        const { uid = '', namespace = '', name: podName = '' } = pod.metadata;
        const stay = isTerminating(pod) ? Infinity : tolerated(taints, pod.spec?.tolerations ?? []);
        if (stay === Infinity) {
          if (met.delete(uid) && !isTerminating(pod)) recorder.event(involved(pods, pod), 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${namespace}/${podName}`);
          continue;
        }
        const since = met.get(uid) ?? now;
        met.set(uid, since);
        const left = since + stay * 1000 - now;
        if (left <= 0) due.push(pod);
        else wait = Math.min(wait, left);
      }
      await Promise.all(due.map(evict));
      return wait === Infinity ? undefined : { after: wait };
    },
  });
  nodeInformer.addHandler({
    added: ({ metadata }) => controller.queue.add(metadata.name ?? ''),
    updated: (node, old) => {
      if (!sameJson(node.spec?.taints, old.spec?.taints)) controller.queue.add(node.metadata.name ?? '');
    },
  });
  const placed = (pod: corev1.Pod): void => {
    const node = pod.spec?.nodeName;
    if (node && (nodeInformer.get(node)?.spec?.taints ?? []).length > 0) controller.queue.add(node);
  };
  podInformer.addHandler({
    added: placed,
    updated: (pod, old) => {
      if (pod.spec?.nodeName !== old.spec?.nodeName || !sameJson(pod.spec?.tolerations, old.spec?.tolerations)) placed(pod);
    },
    deleted: ({ metadata }) => void met.delete(metadata.uid ?? ''),
  });
  return running(controller);
};

/** For how many seconds a Pod may stay under these taints; Infinity: for good. */
export function tolerated(taints: readonly corev1.Taint[], tolerations: readonly corev1.Toleration[]): number {
  let shortest = Infinity;
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching) if (tolerationSeconds !== undefined) shortest = Math.min(shortest, Math.max(0, tolerationSeconds));
  }
  return shortest;
}
