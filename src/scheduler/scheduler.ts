/**
 * The scheduler: takes the Pods that have no node, one after the other, finds each the best node and binds it there. Choosing runs in
 * one go per Pod; binding goes on in the background, with the Pod counted on its node from the moment it is chosen.
 *
 * Upstream: pkg/scheduler/schedule_one.go
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { turn } from '../base/turn.ts';
import { objectKey } from '../apimachinery/object.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import type { ApiClient } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { Informer } from '../client/informer.ts';
import type { Informers } from '../client/informers.ts';
import { pods } from '../resources/core/pod.ts';
import { isTerminating } from '../resources/core/pod-readiness.ts';
import type * as corev1 from '../resources/types/core-v1.ts';
import { defaultConfiguration, defaultSchedulerName, type ProfileConfiguration, type SchedulerConfiguration } from './configuration.ts';
import { defaultPlugins } from './default-plugins.ts';
import { listen } from './event-sources.ts';
import { Extenders } from './extenders/extenders.ts';
import { fitMessage } from './framework/fit-error.ts';
import { Framework } from './framework/framework.ts';
import { isRejection, type Diagnosis, type PostFilterResult, type Reservation } from './framework/plugin.ts';
import type { Rejection } from './framework/rejection.ts';
import { NodeSearch } from './node-search.ts';
import { PodReports } from './pod-reports.ts';
import { Profiles, type Profile } from './profiles.ts';
import { SchedulingQueue, type QueuedPod } from './queue/scheduling-queue.ts';
import { deviceState, type DeviceState } from './plugins/dynamic-resources/device-state.ts';
import type { CompileDeviceExpression } from './plugins/dynamic-resources/device-selectors.ts';
import { ClusterState } from './state/cluster-state.ts';
import type { NodeInfo } from './state/node-info.ts';
import { Nominations } from './state/nominations.ts';
import { podInfo, type PodInfo } from './state/pod-info.ts';

export interface SchedulerContext {
  readonly client: ApiClient;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  /** Default: one profile, default-scheduler. */
  readonly configuration?: SchedulerConfiguration | undefined;
  /** CEL for devices; without it no claim with selectors can be allocated. */
  readonly compileDeviceExpression?: CompileDeviceExpression | undefined;
  recorder(component: string): EventRecorder;
}

export interface RunningScheduler {
  readonly name: string;
  /** Call when the informers have synced. */
  start(): void;
  /** Ends the attempt and the bindings under way, starts no more. */
  close(): Promise<void>;
  /** True when no Pod can be tried now and nothing is on its way to the API. */
  readonly idle: boolean;
}

export function createScheduler(context: SchedulerContext): RunningScheduler {
  return new Scheduler(context);
}

class Scheduler implements RunningScheduler {
  readonly name = defaultSchedulerName;
  readonly #logger: Logger;
  readonly #pods: Informer<corev1.Pod>;
  readonly #cluster = new ClusterState();
  readonly #nominations = new Nominations();
  readonly #profiles: Profiles;
  readonly #extenders: Extenders;
  readonly #devices: DeviceState;
  readonly #queue: SchedulingQueue;
  readonly #stop = new AbortController();
  readonly #stopListening: () => void;
  /** Bindings and status writes under way. */
  readonly #inFlight = new Set<Promise<void>>();
  /** How many of them wait for others. */
  #waiting = 0;
  #running: Promise<void> | undefined;

  constructor(context: SchedulerContext) {
    const { informers, clock } = context;
    const [cluster, nominations] = [this.#cluster, this.#nominations];
    this.#logger = context.logger.with({ component: this.name });
    this.#pods = informers.of(pods);
    const configuration = context.configuration ?? defaultConfiguration();
    this.#extenders = new Extenders(configuration.extenders, this.#logger);
    this.#devices = deviceState(informers, context.compileDeviceExpression);
    this.#profiles = new Profiles(configuration.profiles.map((profile) => this.#profile(context, profile)));
    this.#queue = new SchedulingQueue({ clock, framework: this.#profiles });
    this.#stopListening = listen({ informers, cluster, queue: this.#queue, nominations, isOurs: (name) => this.#profiles.has(name) });
  }

  #profile({ client, informers, clock, random, recorder }: SchedulerContext, configuration: ProfileConfiguration): Profile {
    const [cluster, nominations] = [this.#cluster, this.#nominations];
    const { schedulerName, percentageOfNodesToScore: percentage } = configuration;
    const reports = new PodReports({ client, clock, recorder: recorder(schedulerName) });
    const framework = new Framework(defaultPlugins({ client, informers, clock, random, cluster, nominations, reports, extenders: this.#extenders, devices: this.#devices }, configuration), nominations);
    return { schedulerName, framework, reports, search: new NodeSearch({ framework, cluster, nominations, random, percentage, extenders: this.#extenders }) };
  }

  get idle(): boolean {
    return this.#queue.idle && this.#inFlight.size === this.#waiting;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stopListening();
    this.#queue.close();
    this.#stop.abort(new Error('the scheduler is closing'));
    await this.#running;
    await Promise.all(this.#inFlight);
    this.#extenders.close();
  }

  async #run(): Promise<void> {
    for (let queued = await this.#queue.next(); queued; queued = await this.#queue.next()) {
      const { uid } = queued.pod;
      try {
        this.#queue.begin();
        if (this.#refresh(queued)) await this.#attempt(queued);
      } catch (error) {
        this.#failed(queued, error);
      }
      this.#queue.done(uid);
      await turn();
    }
  }

  /** Whether a Pod is still there and has no node: it may have gone while others were asked. */
  #stillWaits(pod: PodInfo): boolean {
    const current = this.#pods.get(objectKey(pod.pod));
    return current?.metadata.uid === pod.uid && !current.spec?.nodeName && !isTerminating(current);
  }

  /** Brings a Pod given out up to date. False when it needs no node any more. */
  #refresh(queued: QueuedPod): boolean {
    const current = this.#pods.get(objectKey(queued.pod.pod));
    if (current === undefined || current.metadata.uid !== queued.pod.uid) return false;
    if (current.spec?.nodeName || isTerminating(current) || this.#cluster.isPlaced(queued.pod.uid)) return false;
    if (current !== queued.pod.pod) queued.pod = podInfo(current);
    return true;
  }

  /** Awaits only where extenders are asked: otherwise the node is chosen and taken in one turn. */
  async #attempt(queued: QueuedPod): Promise<void> {
    const { pod } = queued;
    if (this.#cluster.nodes.length === 0) {
      this.#refuse(queued, new Set(), 'no nodes available to schedule pods', '');
      return;
    }
    const found = this.#profiles.of(pod).search.find(pod);
    const { node, diagnosis } = found instanceof Promise ? await found : found;
    if (diagnosis) {
      await this.#notFound(queued, diagnosis);
      return;
    }
    if (!this.#stillWaits(pod)) return;
    this.#cluster.assume(pod, node.name);
    const reservations = this.#profiles.of(pod).framework.reserve(pod, node);
    if (isRejection(reservations)) {
      this.#cluster.forget(pod.uid);
      this.#refuse(queued, new Set([reservations.plugin]), refusedByNode(node, reservations), '');
      return;
    }
    this.#nominations.clear(pod.uid);
    this.#track(this.#bind(queued, node, reservations));
  }

  /** No node fits: maybe room can be made. */
  async #notFound(queued: QueuedPod, diagnosis: Diagnosis): Promise<void> {
    const { pod } = queued;
    const decided = this.#profiles.of(pod).framework.postFilter(pod, this.#cluster, diagnosis);
    const result = decided instanceof Promise ? await decided : decided;
    if (!this.#stillWaits(pod)) return;
    if (result?.nominatedNode !== undefined) this.#nominations.set(pod, result.nominatedNode);
    this.#refuse(queued, diagnosis.plugins, fitMessage(diagnosis, result?.message), result?.nominatedNode);
    if (result?.act) this.#track(this.#makeRoom(pod, result));
  }

  async #makeRoom(pod: PodInfo, result: PostFilterResult): Promise<void> {
    try {
      await result.act?.();
    } catch (error) {
      this.#logger.warn('preemption failed', { pod: pod.name, namespace: pod.namespace, error: messageOf(error) });
      this.#queue.activate(pod.uid);
    }
  }

  #refuse(queued: QueuedPod, by: ReadonlySet<string>, message: string, nominatedNode: string | undefined): void {
    this.#queue.refused(queued, by);
    this.#report(queued.pod, 'Unschedulable', message, nominatedNode);
  }

  #failed(queued: QueuedPod, error: unknown): void {
    this.#logger.error('scheduling a Pod failed, trying again', { pod: queued.pod.name, namespace: queued.pod.namespace, error: messageOf(error) });
    this.#queue.failed(queued);
    this.#nominations.clear(queued.pod.uid);
    this.#report(queued.pod, 'SchedulerError', messageOf(error), '');
  }

  #report({ pod }: PodInfo, reason: 'Unschedulable' | 'SchedulerError', message: string, nominatedNode: string | undefined): void {
    const { reports } = this.#profiles.of({ pod });
    const writing = reports.notScheduled(pod, reason, message, nominatedNode).catch((error: unknown) => {
      if (!isNotFound(error)) this.#logger.debug('status of an unscheduled Pod not written', { pod: pod.metadata.name, error: messageOf(error) });
    });
    this.#track(writing);
  }

  async #bind(queued: QueuedPod, node: NodeInfo, reservations: readonly Reservation[]): Promise<void> {
    const { pod } = queued;
    try {
      const rejection = await this.#profiles.of(pod).framework.permit(pod, node.name, this.#stop.signal);
      if (rejection) {
        this.#giveBack(pod, reservations);
        this.#refuse(queued, new Set([rejection.plugin]), refusedByNode(node, rejection), '');
        return;
      }
      if (reservations.some(({ prepare, ready }) => prepare ?? ready)) await this.#announce(pod, node.name);
      for (const reservation of reservations) await reservation.prepare?.();
      for (const reservation of reservations) if (reservation.ready) await this.#awaitOthers(reservation.ready(this.#stop.signal));
      if (!(await this.#extenders.bind(pod, node.name))) await this.#profiles.of(pod).framework.bind(pod, node.name);
    } catch (error) {
      this.#giveBack(pod, reservations);
      if (!this.#stop.signal.aborted && this.#refresh(queued)) this.#failed(queued, error);
      return;
    }
    this.#profiles.of(pod).reports.scheduled(pod.pod, node.name);
  }

  /** Binding takes a while: others, like what removes unused nodes, should know where the Pod goes. */
  async #announce(pod: PodInfo, nodeName: string): Promise<void> {
    try {
      await this.#profiles.of(pod).reports.nominated(pod.pod, nodeName);
    } catch (error) {
      this.#logger.debug('nomination not written', { pod: pod.name, namespace: pod.namespace, error: messageOf(error) });
    }
  }

  /** While others are waited for, the scheduler is idle. */
  async #awaitOthers(ready: Promise<void>): Promise<void> {
    this.#waiting++;
    try {
      await ready;
    } finally {
      this.#waiting--;
    }
  }

  /** The Pod is not on its node after all. */
  #giveBack(pod: PodInfo, reservations: readonly Reservation[]): void {
    for (const reservation of reservations.toReversed()) {
      const released = reservation.release();
      if (released) this.#track(released.catch((error: unknown) => this.#logger.debug('a reservation was not taken back', { pod: pod.name, namespace: pod.namespace, error: messageOf(error) })));
    }
    this.#cluster.forget(pod.uid);
    this.#queue.happened({ type: 'pod-gone', pod: pod.pod }, ({ uid }) => uid !== pod.uid);
  }

  #track(work: Promise<void>): void {
    this.#inFlight.add(work);
    void work.finally(() => this.#inFlight.delete(work));
  }
}

/** A node that was chosen refused after all. */
const refusedByNode = (node: NodeInfo, rejection: Rejection): string => fitMessage({ numberOfNodes: 1, byNode: new Map([[node.name, rejection]]), others: rejection, beforeNodes: undefined });
