/**
 * Deletes Pods from nodes whose NoExecute taints they do not stand, or stand only for so long.
 * Upstream: pkg/controller/tainteviction/taint_eviction.go
 */
import { timestamp } from '../../base/clock.ts';
import { draft } from '../../apimachinery/object.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { tolerates } from '../../resources/core/node-conditions.ts';
import { nodes } from '../../resources/core/node.ts';
import { setPodCondition } from '../../resources/core/pod-conditions.ts';
import { isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { sameJson } from '../../resources/validation/fields.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';
import { indexByNode, podsOnNode } from '../runtime/node-pods.ts';
import { involved } from '../runtime/owners.ts';

const component = 'taint-eviction-controller';

export const taintEvictionController: ControllerFactory = (context) => {
  const evictions = new TaintEvictions(context);
  const controller = new Controller(context, { name: component, workers: 8, reconcile: (node) => evictions.reconcile(node) });
  evictions.nodes.addHandler({
    added: ({ metadata }) => controller.queue.add(metadata.name ?? ''),
    updated: (node, old) => {
      if (!sameJson(node.spec?.taints, old.spec?.taints)) controller.queue.add(node.metadata.name ?? '');
    },
  });
  const placed = (pod: corev1.Pod): void => {
    const node = pod.spec?.nodeName;
    if (node && (evictions.nodes.get(node)?.spec?.taints ?? []).length > 0) controller.queue.add(node);
  };
  evictions.pods.addHandler({
    added: placed,
    updated: (pod, old) => {
      if (pod.spec?.nodeName !== old.spec?.nodeName || !sameJson(pod.spec?.tolerations, old.spec?.tolerations)) placed(pod);
    },
    deleted: (pod) => evictions.forget(pod),
  });
  return running(controller);
};

class TaintEvictions {
  readonly nodes: Informer<corev1.Node>;
  readonly pods: Informer<corev1.Pod>;
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  /** When a Pod first met the taints of its node, ms; upstream counts tolerationSeconds from then. */
  readonly #met = new Map<string, number>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.nodes = context.informers.of(nodes);
    this.pods = indexByNode(context.informers.of(pods));
    this.#recorder = context.recorder(component);
  }

  forget({ metadata }: corev1.Pod): void {
    this.#met.delete(metadata.uid ?? '');
  }

  async reconcile(name: string): Promise<ReconcileResult> {
    const taints = (this.nodes.get(name)?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
    const waits = podsOnNode(this.pods, name).map((pod) => ({ pod, left: this.#timeLeft(pod, taints) }));
    await Promise.all(waits.filter(({ left }) => left <= 0).map(({ pod }) => this.#evict(pod)));
    const next = Math.min(Infinity, ...waits.map(({ left }) => left).filter((left) => left > 0));
    return next === Infinity ? undefined : { after: next };
  }

  /** ms that a Pod may still stay; Infinity: for good. */
  #timeLeft(pod: corev1.Pod, taints: readonly corev1.Taint[]): number {
    const { uid = '', namespace = '', name = '' } = pod.metadata;
    const now = this.#context.clock.now();
    const stay = isTerminating(pod) ? Infinity : tolerated(taints, pod.spec?.tolerations ?? []);
    if (stay === Infinity) {
      if (this.#met.delete(uid) && !isTerminating(pod)) this.#tell(pod, `Cancelling deletion of Pod ${namespace}/${name}`);
      return Infinity;
    }
    const since = this.#met.get(uid) ?? now;
    this.#met.set(uid, since);
    return since + stay * 1000 - now;
  }

  async #evict(pod: corev1.Pod): Promise<void> {
    const { name = '', namespace = '', uid } = pod.metadata;
    this.#tell(pod, `Marking for deletion Pod ${namespace}/${name}`);
    const status = draft(pod.status ?? {});
    setPodCondition(status, { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' }, timestamp(this.#context.clock.now()));
    const resource = this.#context.client.of(pods).namespace(namespace);
    try {
      await resource.patch(name, 'strategic', { metadata: { uid }, status: { conditions: status.conditions?.filter(({ type }) => type === 'DisruptionTarget') } }, { subresource: 'status' });
      await resource.delete(name, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #tell(pod: corev1.Pod, message: string): void {
    this.#recorder.event(involved(pods, pod), 'Normal', 'TaintManagerEviction', message);
  }
}

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
