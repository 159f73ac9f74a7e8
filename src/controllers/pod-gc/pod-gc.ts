/**
 * Removes Pods that nobody else will: of nodes that are no more, that were deleted before they had a node, and finished ones
 * beyond what is kept for looking at.
 * Upstream: pkg/controller/podgc/gc_controller.go
 */
import { timestamp } from '../../base/clock.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { nodes } from '../../resources/core/node.ts';
import { isFinished, isTerminating } from '../../resources/core/pod-readiness.ts';
import { pods } from '../../resources/core/pod.ts';
import type * as corev1 from '../../resources/types/core-v1.ts';
import { Controller, running, type ControllerFactory } from '../runtime/controller.ts';

const sweepEvery = 20_000;
/** How long a node must be missing before its Pods are given up. */
const quarantine = 40_000;
const sweepKey = 'sweep';

/** `terminatedPodThreshold`: finished Pods that are kept; default 12500. */
export function podGarbageCollector({ terminatedPodThreshold = 12_500 }: { readonly terminatedPodThreshold?: number } = {}): ControllerFactory {
  return (context) => {
    const { client, clock, informers } = context;
    const podInformer = informers.of(pods);
    const nodeInformer = informers.of(nodes);
    const missingSince = new Map<string, number>();

    const forceDelete = async (pod: corev1.Pod, message?: string): Promise<void> => {
      const { name = '', namespace, uid } = pod.metadata;
      const resource = client.of(pods).namespace(namespace);
      try {
        if (message !== undefined && !isFinished(pod)) {
          const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message, lastTransitionTime: timestamp(clock.now()) };
          await resource.patch(name, 'strategic', { metadata: { uid }, status: { phase: 'Failed', conditions: [condition] } }, { subresource: 'status' });
        }
        await resource.delete(name, { gracePeriodSeconds: 0, preconditions: { uid } });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    };

    const goneNodes = async (named: ReadonlySet<string>): Promise<Set<string>> => {
      const now = clock.monotonic();
      for (const name of missingSince.keys()) if (!named.has(name) || nodeInformer.get(name)) missingSince.delete(name);
      const gone = new Set<string>();
      for (const name of named) {
        if (nodeInformer.get(name)) continue;
        const since = missingSince.get(name) ?? now;
        missingSince.set(name, since);
        if (now - since >= quarantine && (await isMissing(name))) gone.add(name);
      }
      return gone;
    };
    const isMissing = async (name: string): Promise<boolean> => {
      try {
        await client.of(nodes).get(name);
        return false;
      } catch (error) {
        if (isNotFound(error)) return true;
        throw error;
      }
    };

    const controller = new Controller(context, {
      name: 'pod-garbage-collector',
      workers: 1,
      async reconcile() {
        const all = podInformer.list();
        const gone = await goneNodes(new Set(all.flatMap(({ spec }) => (spec?.nodeName ? [spec.nodeName] : []))));
        const finished = all.filter(isFinished);
        const surplus = finished.length > terminatedPodThreshold ? finished.sort(byAge).slice(0, finished.length - terminatedPodThreshold) : [];
        await Promise.all([
          ...surplus.map((pod) => forceDelete(pod)),
          ...all.filter(({ spec }) => gone.has(spec?.nodeName ?? '')).map((pod) => forceDelete(pod, 'PodGC: node no longer exists')),
          ...all.filter((pod) => isTerminating(pod) && !pod.spec?.nodeName).map((pod) => forceDelete(pod)),
        ]);
        return { after: sweepEvery };
      },
    });
    return running(controller, { start: () => controller.queue.add(sweepKey) });
  };
}

const byAge = (a: corev1.Pod, b: corev1.Pod): number => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1);
