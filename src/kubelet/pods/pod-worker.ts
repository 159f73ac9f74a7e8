/**
 * One Pod on this node: brings what the runtime has to what the Pod asks for, one step after the other, and reports.
 *
 * A worker does one round at a time. A round looks at the runtime, plans, acts, reports; it is run again when the Pod changes,
 * when one of its containers does, when a probe's verdict changes, and when a delay has passed. Nothing is kept between rounds
 * that the runtime or the API could tell, so a worker made anew after a restart of the agent simply goes on.
 * Upstream: pkg/kubelet/kubelet.go (SyncPod, SyncTerminatingPod, SyncTerminatedPod), pkg/kubelet/pod_workers.go
 */
import { readdir, readlink, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import { ContainerState } from '../cri/messages.ts';
import { jsonFileOf } from '../logs/json-file-logs.ts';
import { limitedOnDisk } from '../volumes/empty-dir-usage.ts';
import type { MountedVolumes } from '../volumes/volume-manager.ts';
import { BackOff } from './back-off.ts';
import { killAll, killContainer } from './container-killer.ts';
import { logLinkName, startContainer } from './container-starter.ts';
import type { WaitingReason } from './container-status.ts';
import { podFacts, type NodeContext, type Refusal } from './node-context.ts';
import { planPod, type PodPlan, type StartAction } from './plan.ts';
import { allContainers, graceSeconds, isDeleting, podTitle } from './pod-containers.ts';
import { isTerminal, podStatus } from './pod-status.ts';
import { logFolder } from './runtime-labels.ts';
import { latestRecord, observePod, observeSandbox, type ContainerRecord, type RuntimePod } from './runtime-pod.ts';
import { sandboxConfig } from './sandbox-config.ts';
import { settled } from './settling.ts';
import { StatusReporter } from './status-reporter.ts';
import { terminationMessage } from './termination-message.ts';

export interface PodWorkerOptions {
  readonly pod: Pod;
  readonly context: NodeContext;
  /** Tells which ids in the runtime are this Pod's. */
  readonly onSeen: (seen: RuntimePod) => void;
  /** Nothing of the Pod is left on this node. */
  readonly onDone: () => void;
}

/** A container killed with SIGKILL from outside may be about to be removed: what it was then is nobody's restart. */
const removalMs = 300;
const refreshMs = 60_000;
/** How often the size of limited emptyDir volumes is looked at. */
const measureMs = 10_000;
/** Seconds. */
const evictionGrace = 1;
/** So long a container's end (Error, OOMKilled) is shown before the wait for its next start. */
const endShownMs = 3000;
const failureMs = { first: 500, most: 30_000 };

export class PodWorker {
  #pod: Pod;
  readonly #context: NodeContext;
  readonly #options: PodWorkerOptions;
  readonly #log: Logger;
  readonly #backOff = new BackOff();
  readonly #reporter: StatusReporter;
  readonly #closing = new AbortController();
  readonly #ending = new AbortController();
  readonly #waiting = new Map<string, WaitingReason>();
  readonly #killed = new Set<string>();
  #status: PodStatus | undefined;
  #verdict: Refusal | undefined;
  #admitted = false;
  #gone = false;
  #finished = false;
  #cleaned = false;
  #dirty = false;
  #running: Promise<void> | undefined;
  #timer: { readonly at: number; readonly timer: Timer } | undefined;
  #failures = 0;
  #grace: number | undefined;
  readonly #startTime: number;
  readonly #unfollow: () => void;

  constructor(options: PodWorkerOptions) {
    this.#options = options;
    this.#pod = options.pod;
    this.#context = options.context;
    this.#log = options.context.log.with({ pod: options.pod.metadata.name, namespace: options.pod.metadata.namespace });
    this.#status = options.pod.status?.phase === undefined || options.pod.status.containerStatuses === undefined && !isTerminal(options.pod.status.phase) ? undefined : options.pod.status;
    const { clock, sink } = options.context;
    this.#startTime = this.#pod.status?.startTime === undefined ? clock.now() : Date.parse(this.#pod.status.startTime);
    this.#unfollow = options.context.objects.follow(options.pod, () => this.#mountedChanged());
    this.#reporter = new StatusReporter(sink, { clock, log: this.#log, signal: this.#closing.signal, known: options.pod.status });
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** The last status worked out. */
  get status(): PodStatus | undefined {
    return this.#status;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** The Pod as the API has it now. */
  update(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    if (isDeleting(pod)) this.#hurry(graceSeconds(pod));
    if (asks(pod) === asks(before)) return;
    this.#refreshed = -Infinity;
    this.wake();
  }

  /** The node cannot keep the Pod: it fails, with this message, and its containers end at once. */
  evict(message: string): void {
    if (this.#verdict || this.#gone || isDeleting(this.#pod) || isTerminal(this.#status?.phase)) return;
    this.#evict(message);
    this.wake();
  }

  /** Whether the Pod was sentenced to end, and its containers have not all ended yet. */
  get ending(): boolean {
    return this.#verdict !== undefined && !this.#cleaned && !this.#finished;
  }

  /** The API has the Pod no more: everything ends, quickly, and nothing is reported. */
  remove(): void {
    this.#gone = true;
    this.#hurry(Math.min(graceSeconds(this.#pod), this.#grace ?? Infinity));
    this.wake();
  }

  wake(): void {
    this.#dirty = true;
    this.#running ??= this.#run();
  }

  /** A ConfigMap or Secret that it mounts: files are brought up to date, a mount that failed is tried again. */
  #mountedChanged(): void {
    this.#refreshed = -Infinity;
    this.wake();
  }

  /** Stops working; containers stay as they are. */
  async close(): Promise<void> {
    this.#unfollow();
    this.#closing.abort();
    this.#ending.abort();
    this.#timer?.timer.cancel();
    await this.#running;
    await this.#reporter.flushed();
  }

  async #run(): Promise<void> {
    while (this.#dirty && !this.#closing.signal.aborted && !this.#finished) {
      this.#dirty = false;
      try {
        await this.#round();
        this.#failures = 0;
      } catch (error) {
        if (this.#closing.signal.aborted) break;
        const wait = Math.min(failureMs.most, failureMs.first * 2 ** this.#failures);
        this.#failures += 1;
        this.#log.warn('a Pod could not be brought on', { error: messageOf(error), retryMs: wait });
        this.#wakeIn(wait);
      }
    }
    this.#running = undefined;
  }

  #wakeIn(ms: number): void {
    const { clock } = this.#context;
    if (this.#closing.signal.aborted || this.#finished) return;
    const at = clock.monotonic() + ms;
    if (this.#timer && this.#timer.at <= at && this.#timer.at > clock.monotonic()) return;
    this.#timer?.timer.cancel();
    const timer = clock.after(ms, () => {
      this.#timer = undefined;
      this.wake();
    });
    this.#timer = { at, timer };
  }

  async #round(): Promise<void> {
    const seen = await this.#look();
    this.#checkDeadline();
    await this.#checkDiskUse(seen);
    if (this.#gone || isDeleting(this.#pod)) return this.#end(seen);
    if (isTerminal(this.#status?.phase)) return this.#afterTerminal(seen);
    if (this.#justKilled(seen)) return this.#wakeIn(removalMs);
    if (!this.#admit(seen) || this.#verdict) {
      await this.#kill(seen);
      this.#report(await this.#look(), false);
      return this.#afterTerminal(await this.#look());
    }
    const plan = planPod(this.#pod, seen, this.#context.probes);
    await this.#carryOut(plan, seen);
  }

  #look(): Promise<RuntimePod> {
    return this.#lookWith(() => observePod(this.#context.runtime, this.#pod.metadata.uid ?? ''));
  }

  async #lookWith(observe: () => Promise<RuntimePod>): Promise<RuntimePod> {
    const seen = await observe();
    this.#options.onSeen(seen);
    this.#followProbes(seen);
    return seen;
  }

  #followProbes(seen: RuntimePod): void {
    const { probes } = this.#context;
    for (const record of seen.containers) if (record.state !== 'running') probes.remove(record.id);
    if (this.#gone || isDeleting(this.#pod)) {
      for (const record of seen.containers) probes.remove(record.id);
      return;
    }
    for (const container of allContainers(this.#pod)) {
      const record = latestRecord(seen, container.spec.name);
      if (record?.state !== 'running') continue;
      const before = [...(this.#pod.status?.containerStatuses ?? []), ...(this.#pod.status?.initContainerStatuses ?? [])].find(({ containerID }) => containerID?.endsWith(record.id));
      probes.add({ pod: this.#pod, container, record, podIP: seen.ips[0] ?? this.#context.hostIPs()[0] ?? '', wasReady: before?.ready === true && before.started !== false, changed: () => this.wake() });
    }
  }

  #justKilled(seen: RuntimePod): boolean {
    const { clock } = this.#context;
    return allContainers(this.#pod).some(({ spec }) => {
      const record = latestRecord(seen, spec.name);
      return record?.state === 'exited' && record.exitCode === 137 && !this.#killed.has(record.id) && clock.now() - record.finishedAt < removalMs && clock.now() >= record.finishedAt;
    });
  }

  #admit(seen: RuntimePod): boolean {
    if (this.#admitted || seen.containers.length > 0) this.#admitted = true;
    if (this.#admitted) return true;
    const refusal = this.#context.admit(this.#pod);
    if (refusal) {
      this.#verdict = refusal;
      this.#context.events.event(this.#pod, 'Warning', refusal.reason, refusal.message);
      return false;
    }
    this.#admitted = true;
    return true;
  }

  #checkDeadline(): void {
    const seconds = this.#pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined || this.#verdict || isTerminal(this.#status?.phase)) return;
    const left = this.#startTime + seconds * 1000 - this.#context.clock.now();
    if (left > 0) return this.#wakeIn(left);
    this.#verdict = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    this.#context.events.event(this.#pod, 'Normal', 'DeadlineExceeded', this.#verdict.message);
  }

  async #checkDiskUse(seen: RuntimePod): Promise<void> {
    const { clock, volumes } = this.#context;
    if (this.#verdict || isTerminal(this.#status?.phase) || limitedOnDisk(this.#pod).length === 0) return;
    const wait = this.#measured + measureMs - clock.monotonic();
    this.#wakeIn(wait > 0 ? wait : measureMs);
    if (wait > 0 || !seen.sandbox) return;
    this.#measured = clock.monotonic();
    const message = await volumes.outgrown(this.#pod);
    if (message !== undefined) this.#evict(message);
  }

  #evict(message: string): void {
    this.#verdict = { reason: 'Evicted', message };
    this.#grace = evictionGrace;
    this.#context.events.event(this.#pod, 'Warning', 'Evicted', message);
  }
  #measured = -Infinity;

  async #carryOut(plan: PodPlan, first: RuntimePod): Promise<void> {
    let seen = first;
    for (const { container, record, message } of plan.kill) {
      this.#killed.add(record.id);
      const probe = this.#context.probes.failed(record.id) === 'startup' ? container.spec.startupProbe : container.spec.livenessProbe;
      const grace = probe?.terminationGracePeriodSeconds ?? this.#pod.spec?.terminationGracePeriodSeconds ?? 30;
      await killContainer({ pod: this.#pod, podIP: seen.ips[0] ?? '', container, record, graceSeconds: grace, message, signal: this.#ending.signal, closing: this.#closing.signal }, this.#context);
    }
    if (plan.createSandbox) seen = await this.#newSandbox(seen);
    const actions = plan.createSandbox ? planPod(this.#pod, seen, this.#context.probes).start : plan.start;
    // Before it starts again, how it ended.
    if (actions.some(({ previous }) => previous?.state === 'exited')) this.#report(seen, false);
    if (actions.length > 0 && seen.sandbox) await this.#start(actions, seen);
    else this.#waiting.clear();
    seen = plan.kill.length > 0 || plan.createSandbox || actions.length > 0 ? await this.#look() : seen;
    if (plan.kill.length > 0) this.#dirty = true;
    this.#report(seen, false);
    await this.#prune(seen);
    if (isTerminal(this.#status?.phase)) await this.#afterTerminal(seen);
    else await this.#refreshVolumes(seen);
  }

  async #newSandbox(seen: RuntimePod): Promise<RuntimePod> {
    const { runtime, cgroups, events } = this.#context;
    for (const record of seen.containers) this.#killed.add(record.id);
    if (seen.containers.some(({ state }) => state === 'running')) {
      events.event(this.#pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      await killAll(this.#pod, seen.containers, { podIP: '', graceSeconds: graceSeconds(this.#pod), signal: this.#ending.signal, closing: this.#closing.signal }, this.#context);
    }
    for (const sandbox of seen.sandboxes) await runtime.stopPodSandbox(sandbox.id);
    if (!this.#status) this.#report(seen, false);
    await this.#mount(seen);
    cgroups.create(this.#pod);
    const attempt = (seen.sandboxes[0]?.metadata?.attempt ?? -1) + 1;
    try {
      const id = await runtime.runPodSandbox(sandboxConfig(this.#pod, attempt, this.#context));
      // Of a Pod that is new here, that is all there is.
      return seen.sandboxes.length === 0 ? await this.#lookWith(() => observeSandbox(runtime, id)) : await this.#look();
    } catch (error) {
      events.event(this.#pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${messageOf(error)}`);
      throw error;
    }
  }

  async #mount(seen: RuntimePod): Promise<MountedVolumes> {
    try {
      return await this.#context.volumes.mount(this.#pod, podFacts(this.#pod, seen, this.#context));
    } catch (error) {
      this.#context.events.event(this.#pod, 'Warning', 'FailedMount', messageOf(error));
      throw error;
    }
  }

  async #start(actions: readonly StartAction[], seen: RuntimePod): Promise<void> {
    const sandboxId = seen.sandbox?.id ?? '';
    const sandbox = sandboxConfig(this.#pod, seen.sandbox?.metadata?.attempt ?? 0, this.#context);
    const mounted = await this.#mount(seen);
    const started: string[] = [];
    for (const action of actions) {
      if (this.#ending.signal.aborted) return;
      const outcome = await startContainer({ pod: this.#pod, seen, sandboxId, sandbox, mounted, action, backOff: this.#backOff, signal: this.#ending.signal, wake: () => this.wake() }, this.#context);
      const name = action.container.spec.name;
      if (outcome.outcome === 'held') {
        const unseen = outcome.reason.reason === 'CrashLoopBackOff' ? (action.previous?.finishedAt ?? 0) + endShownMs - this.#context.clock.now() : 0;
        if (unseen <= 0) this.#waiting.set(name, outcome.reason);
        else this.#waiting.delete(name);
        this.#wakeIn(unseen > 0 ? Math.min(unseen, outcome.retryMs) : outcome.retryMs);
      } else {
        if (outcome.outcome === 'started') {
          this.#waiting.delete(name);
          if (!action.container.spec.readinessProbe) started.push(outcome.id);
        }
        // Containers start in order: those after one whose image is on its way wait for it.
        if (outcome.outcome === 'pulling') break;
        if (action.container.role !== 'regular' && action.container.role !== 'ephemeral') this.#dirty = true;
      }
    }
    const { clock, cgroups, runtime } = this.#context;
    const hasEnded = (id: string): Promise<boolean> => runtime.containerStatus(id).then(({ state }) => state === ContainerState.EXITED, () => true);
    await settled(started, { clock, signal: this.#ending.signal, activity: (id, before) => cgroups.activity(this.#pod, id, before), hasEnded });
  }

  /** Keeps each container's newest record and the one before; records of a sandbox that is gone go with it. */
  async #prune(seen: RuntimePod): Promise<void> {
    const { runtime } = this.#context;
    const kept = new Map<string, number>();
    for (const record of seen.containers) {
      const count = (kept.get(record.name) ?? 0) + 1;
      kept.set(record.name, count);
      if (count > 2 && record.state === 'exited') {
        await runtime.removeContainer(record.id);
        await this.#removeLog(record);
      }
    }
    for (const sandbox of seen.sandboxes.slice(1)) {
      if (!seen.containers.some(({ sandboxId }) => sandboxId === sandbox.id)) await runtime.removePodSandbox(sandbox.id);
    }
  }

  async #removeLog(record: ContainerRecord): Promise<void> {
    const link = path.join(this.#context.logs, 'containers', logLinkName(this.#pod, record.name, record.id));
    await unlink(link).catch(() => undefined);
    if (record.logPath === '') return;
    await rm(record.logPath, { force: true });
    await rm(jsonFileOf(record.logPath), { force: true });
  }

  async #refreshVolumes(seen: RuntimePod): Promise<void> {
    if (!seen.sandbox || !(this.#pod.spec?.volumes ?? []).some((volume) => volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI)) return;
    const { volumes, clock } = this.#context;
    this.#wakeIn(refreshMs);
    if (clock.monotonic() - this.#refreshed < refreshMs / 2) return;
    this.#refreshed = clock.monotonic();
    await volumes.refresh(this.#pod, podFacts(this.#pod, seen, this.#context)).catch((error: unknown) => this.#context.events.event(this.#pod, 'Warning', 'FailedMount', messageOf(error)));
  }
  #refreshed = -Infinity;

  #report(seen: RuntimePod, over: boolean): void {
    if (this.#gone) return;
    const { probes, volumes, clock, hostIPs, runtimeName } = this.#context;
    const folder = volumes.podFolder(this.#pod.metadata.uid ?? '');
    this.#status = podStatus(this.#pod, {
      seen, runtimeName, waiting: this.#waiting, over, hostIPs: hostIPs(), startTime: this.#startTime, now: clock.now(), verdict: this.#verdict,
      ready: (_, record) => probes.ready(record.id),
      started: (_, record) => probes.started(record.id),
      terminationMessage: (record) => {
        const container = allContainers(this.#pod).find(({ spec }) => spec.name === record.name);
        return container && terminationMessage(folder, container.spec, record);
      },
    }, this.#status ?? this.#pod.status);
    this.#reporter.report(this.#pod, this.#status);
  }

  async #kill(seen: RuntimePod): Promise<void> {
    for (const record of seen.containers) this.#killed.add(record.id);
    this.#grace ??= graceSeconds(this.#pod);
    await killAll(this.#pod, seen.containers, { podIP: seen.ips[0] ?? '', graceSeconds: this.#grace, signal: this.#ending.signal, closing: this.#closing.signal }, this.#context);
  }

  /** A Pod that has ended keeps its records and logs until it is deleted; its network, volumes and group go. */
  async #afterTerminal(seen: RuntimePod): Promise<void> {
    if (seen.containers.some(({ state }) => state === 'running')) await this.#kill(seen);
    for (const sandbox of seen.sandboxes) if (seen.sandbox?.id === sandbox.id) await this.#context.runtime.stopPodSandbox(sandbox.id);
    if (this.#cleaned) return;
    this.#cleaned = true;
    this.#unfollow();
    await this.#context.volumes.remove(this.#pod.metadata.uid ?? '');
    await this.#context.cgroups.remove(this.#pod);
  }

  /** A shorter grace period while containers are ending: a second, harder stop beside the first. */
  #hurry(grace: number): void {
    if (this.#grace !== undefined && grace < this.#grace) {
      const { runtime, log } = this.#context;
      runtime.listContainers({ labelSelector: { 'io.kubernetes.pod.uid': this.#pod.metadata.uid ?? '' }, state: { state: 1 } })
        .then((running) => Promise.all(running.map(({ id }) => runtime.stopContainer(id, grace))))
        .catch((error: unknown) => log.warn('containers could not be hurried', { error: messageOf(error) }));
      this.#grace = grace;
    }
    // Whatever the worker waits for (a postStart hook, say) is not worth waiting for any more.
    if (!this.#ending.signal.aborted) this.#ending.abort();
  }

  async #end(first: RuntimePod): Promise<void> {
    const { runtime, volumes, cgroups, sink, puller, probes } = this.#context;
    this.#grace ??= Math.max(0, graceSeconds(this.#pod));
    if (!this.#gone && this.#status && !isTerminal(this.#status.phase)) this.#report(first, false);
    await this.#kill(first);
    const seen = await this.#look();
    if (!this.#gone && !isTerminal(this.#status?.phase)) this.#report(seen, true);
    for (const sandbox of seen.sandboxes) {
      await runtime.stopPodSandbox(sandbox.id);
      await runtime.removePodSandbox(sandbox.id);
    }
    for (const record of seen.containers) {
      probes.remove(record.id);
      await this.#removeLog(record);
    }
    const uid = this.#pod.metadata.uid ?? '';
    await volumes.remove(uid);
    await cgroups.remove(this.#pod);
    puller.forget(uid);
    await this.#removeLogs();
    await this.#reporter.flushed();
    if (!this.#gone) await sink.finishDeletion(this.#pod);
    this.#finished = true;
    this.#unfollow();
    this.#timer?.timer.cancel();
    this.#log.debug('Pod ended', { title: podTitle(this.#pod) });
    this.#options.onDone();
  }

  async #removeLogs(): Promise<void> {
    const { logs } = this.#context;
    const folder = path.join(logs, 'pods', logFolder(this.#pod));
    await rm(folder, { recursive: true, force: true });
    // Another node on this machine may run a Pod of the same name: where a link leads says whose it is.
    const prefix = `${this.#pod.metadata.name}_${this.#pod.metadata.namespace}_`;
    for (const name of await readdir(path.join(logs, 'containers')).catch(() => [])) {
      if (!name.startsWith(prefix)) continue;
      const link = path.join(logs, 'containers', name);
      const target = await readlink(link).catch(() => '');
      if (target.startsWith(`${folder}/`)) await unlink(link).catch(() => undefined);
    }
  }
}

/** What of a Pod concerns its worker: not the status that it writes itself, but conditions that others set. */
function asks({ metadata, spec, status }: Pod): string {
  const gates = (spec?.readinessGates ?? []).map(({ conditionType }) => status?.conditions?.find(({ type }) => type === conditionType)?.status);
  return JSON.stringify([spec, metadata.labels, metadata.annotations, metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds, gates]);
}
