/**
 * Removes Pods that nobody else will: of nodes that are no more, that were deleted before they had a node, and finished ones
 * beyond what is kept for looking at.
 * Upstream: pkg/controller/podgc/gc_controller.go
 */
import { timestamp } from '../../base/clock.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { Informer } from '../../client/informer.ts';
import { nodes } from '../../resources/core/node.ts';
import { isFinished, isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { Controller, running, type ControllerContext, type ControllerFactory, type ReconcileResult } from '../runtime/controller.ts';

const sweepEvery = 20_000;
/** How long a node must be missing before its Pods are given up. */
const quarantine = 40_000;
const sweepKey = 'sweep';

/** `terminatedPodThreshold`: finished Pods that are kept; default 12500. */
export function podGarbageCollector({ terminatedPodThreshold = 12_500 }: { readonly terminatedPodThreshold?: number } = {}): ControllerFactory {
  return (context) => {
    const sweeper = new PodSweeper(context, terminatedPodThreshold);
    const controller = new Controller(context, { name: 'pod-garbage-collector', workers: 1, reconcile: () => sweeper.sweep() });
    return running(controller, { start: () => controller.queue.add(sweepKey) });
  };
}

class PodSweeper {
  readonly #context: ControllerContext;
  readonly #threshold: number;
  readonly #pods: Informer<corev1.Pod>;
  readonly #nodes: Informer<corev1.Node>;
  /** Since when Pods name a node that is not there; monotonic ms. */
  readonly #missingSince = new Map<string, number>();

  constructor(context: ControllerContext, threshold: number) {
    this.#context = context;
    this.#threshold = threshold;
    this.#pods = context.informers.of(pods);
    this.#nodes = context.informers.of(nodes);
  }

  async sweep(): Promise<ReconcileResult> {
    const all = this.#pods.list();
    const gone = await this.#goneNodes(new Set(all.flatMap(({ spec }) => (spec?.nodeName ? [spec.nodeName] : []))));
    const finished = all.filter(isFinished);
    const surplus = finished.length > this.#threshold ? finished.sort(byAge).slice(0, finished.length - this.#threshold) : [];
    await Promise.all([
      ...surplus.map((pod) => this.#forceDelete(pod)),
      ...all.filter(({ spec }) => gone.has(spec?.nodeName ?? '')).map((pod) => this.#forceDelete(pod, 'PodGC: node no longer exists')),
      ...all.filter((pod) => isTerminating(pod) && !pod.spec?.nodeName).map((pod) => this.#forceDelete(pod)),
    ]);
    return { after: sweepEvery };
  }

  /** Of the nodes that Pods name, those that have been missing for long enough. */
  async #goneNodes(named: ReadonlySet<string>): Promise<Set<string>> {
    const now = this.#context.clock.monotonic();
    for (const name of this.#missingSince.keys()) if (!named.has(name) || this.#nodes.get(name)) this.#missingSince.delete(name);
    const gone = new Set<string>();
    for (const name of named) {
      if (this.#nodes.get(name)) continue;
      const since = this.#missingSince.get(name) ?? now;
      this.#missingSince.set(name, since);
      if (now - since >= quarantine && (await this.#isMissing(name))) gone.add(name);
    }
    return gone;
  }

  async #isMissing(name: string): Promise<boolean> {
    try {
      await this.#context.client.of(nodes).get(name);
      return false;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  }

  /** `message`: why a Pod that has not finished counts as failed. */
  async #forceDelete(pod: corev1.Pod, message?: string): Promise<void> {
    const { name = '', namespace, uid } = pod.metadata;
    const resource = this.#context.client.of(pods).namespace(namespace);
    try {
      if (message !== undefined && !isFinished(pod)) {
        const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message, lastTransitionTime: timestamp(this.#context.clock.now()) };
        await resource.patch(name, 'strategic', { metadata: { uid }, status: { phase: 'Failed', conditions: [condition] } }, { subresource: 'status' });
      }
      await resource.delete(name, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

const byAge = (a: corev1.Pod, b: corev1.Pod): number => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1);
