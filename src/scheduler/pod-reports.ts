/** What the scheduler tells people about a Pod: events, and the PodScheduled condition in its status. */
import { timestamp, type Clock } from '../base/clock.ts';
import type { ApiClient } from '../client/client.ts';
import type { EventRecorder, InvolvedObject } from '../client/event-recorder.ts';
import { podCondition } from '../resources/core/pod-conditions.ts';
import { pods } from '../resources/core/pod.ts';
import type * as corev1 from '../resources/types/core-v1.ts';

export type FailureReason = 'Unschedulable' | 'SchedulerError';

export class PodReports {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #recorder: EventRecorder;

  constructor(options: { readonly client: ApiClient; readonly clock: Clock; readonly recorder: EventRecorder }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#recorder = options.recorder;
  }

  scheduled(pod: corev1.Pod, nodeName: string): void {
    const { namespace = '', name = '' } = pod.metadata;
    this.#recorder.event(reference(pod), 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${nodeName}`);
  }

  /**
   * Records that a Pod was not placed. `nominatedNode`: '' takes an earlier nomination back, undefined leaves it. The status is written
   * only where it changes.
   */
  async notScheduled(pod: corev1.Pod, reason: FailureReason, message: string, nominatedNode: string | undefined): Promise<void> {
    this.#recorder.event(reference(pod), 'Warning', 'FailedScheduling', shortened(message));
    const { namespace, name = '' } = pod.metadata;
    const old = podCondition(pod, 'PodScheduled');
    const isKnown = old?.status === 'False' && old.reason === reason && old.message === message;
    const isNominated = nominatedNode === undefined || nominatedNode === (pod.status?.nominatedNodeName ?? '');
    if (isKnown && isNominated) return;
    const since = old?.status === 'False' ? (old.lastTransitionTime ?? timestamp(this.#clock.now())) : timestamp(this.#clock.now());
    const condition = { type: 'PodScheduled', status: 'False', reason, message, lastProbeTime: null, lastTransitionTime: since, observedGeneration: pod.metadata.generation };
    const status = { conditions: [condition], ...(isNominated ? {} : { nominatedNodeName: nominatedNode === '' ? null : nominatedNode }) };
    await this.#client.of(pods).namespace(namespace).patch(name, 'strategic', { metadata: { uid: pod.metadata.uid }, status }, { subresource: 'status' });
  }

  /** Tells others where a Pod is about to go, or (with '') takes an earlier nomination back. */
  async nominated({ metadata: { namespace, name = '', uid } }: corev1.Pod, nodeName: string): Promise<void> {
    await this.#client.of(pods).namespace(namespace).patch(name, 'strategic', { metadata: { uid }, status: { nominatedNodeName: nodeName === '' ? null : nodeName } }, { subresource: 'status' });
  }

  waitsForDevices(pod: corev1.Pod, nodeName: string): void {
    this.#recorder.event(reference(pod), 'Normal', 'BindingConditionsPending', `waiting for binding conditions for device on node ${nodeName}`);
  }

  preempted(victim: corev1.Pod, preemptor: corev1.Pod, nodeName: string): void {
    this.#recorder.event(reference(victim), 'Normal', 'Preempted', `Preempted by pod ${preemptor.metadata.uid ?? ''} on node ${nodeName}`);
  }
}

const reference = ({ metadata: { namespace, name = '', uid, resourceVersion } }: corev1.Pod): InvolvedObject => ({ apiVersion: 'v1', kind: 'Pod', namespace, name, uid, resourceVersion });

/** Events hold 1,024 bytes of message. */
const longestMessage = 1024;
const shortened = (message: string): string => (message.length <= longestMessage ? message : `${message.slice(0, longestMessage - 4)} ...`);
