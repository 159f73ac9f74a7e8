/**
 * One Pod on this node: brings what the runtime has to what the Pod asks for, one step after the other, and reports.
 *
 * A worker does one round at a time. A round looks at the runtime, plans, acts, reports; it is run again when the Pod changes,
 * when one of its containers does, when a probe's verdict changes, and when a delay has passed. Nothing is kept between rounds
 * that the runtime or the API could tell, so a worker made anew after a restart of the agent simply goes on.
 * Upstream: pkg/kubelet/kubelet.go (SyncPod, SyncTerminatingPod, SyncTerminatedPod), pkg/kubelet/pod_workers.go
 */
import type { Logger } from '../../base/log.ts';
import { terminationGrace } from '../../resources/core/termination-grace.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import { ContainerState } from '../cri/messages.ts';
import type { MountedVolumes } from '../volumes/volume-manager.ts';
import { BackOff } from './back-off.ts';
import { killContainer } from './container-killer.ts';
import { dropRecords, pruneRecords } from './container-records.ts';
import { startContainer } from './container-starter.ts';
import type { WaitingReason } from './container-status.ts';
import type { NodeContext } from './node-context.ts';
import { planPod, type PodPlan, type StartAction } from './plan.ts';
import { allContainers, graceSeconds, isDeleting, podTitle } from './pod-containers.ts';
import { PodAllocation } from './pod-allocation.ts';
import { PodEnding } from './pod-ending.ts';
import { followProbes } from './pod-probes.ts';
import { endOldSandboxes, runSandbox } from './pod-sandbox.ts';
import { resizeInPlace, resizeRestarts } from './pod-resize.ts';
import { isTerminal, podStatus } from './pod-status.ts';
import { PodVerdicts, type Verdict } from './pod-verdicts.ts';
import { PodVolumes } from './pod-volumes.ts';
import { Rounds } from './rounds.ts';
import { latestRecord, observePod, observeSandbox, type RuntimePod } from './runtime-pod.ts';
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
/** So long a container's end (Error, OOMKilled) is shown before the wait for its next start. */
const endShownMs = 3000;
/** Seconds beyond its grace period that an evicted Pod is waited for. */
const evictionPatience = 30;
/** How often a resize that waits, or failed, is tried again. */
const resizeRetryMs = 30_000;

export class PodWorker {
  #pod: Pod;
  readonly #context: NodeContext;
  readonly #options: PodWorkerOptions;
  readonly #log: Logger;
  readonly #backOff = new BackOff();
  readonly #reporter: StatusReporter;
  readonly #rounds: Rounds;
  readonly #closing = new AbortController();
  readonly #ending: PodEnding;
  readonly #verdicts: PodVerdicts;
  readonly #volumes: PodVolumes;
  readonly #allocation: PodAllocation;
  readonly #waiting = new Map<string, WaitingReason>();
  #status: PodStatus | undefined;
  #gone = false;
  #finished = false;
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
    this.#ending = new PodEnding(options.context, this.#closing.signal);
    this.#verdicts = new PodVerdicts(options.context, this.#startTime);
    this.#volumes = new PodVolumes(options.context);
    this.#allocation = new PodAllocation(options.pod, options.context);
    this.#unfollow = options.context.objects.follow(options.pod, () => this.#mountedChanged());
    this.#rounds = new Rounds({ clock, log: this.#log, signal: this.#closing.signal, round: () => this.#round() });
    this.#reporter = new StatusReporter(sink, { clock, log: this.#log, signal: this.#closing.signal, known: options.pod.status });
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** The Pod with the resources that the node has set aside for it. */
  get allocated(): Pod {
    return this.#allocation.allocated(this.#pod);
  }

  /** A change of its resources waits for room on the node. */
  get waitsForRoom(): boolean {
    return this.#allocation.isPending;
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
    if (isDeleting(pod)) this.#ending.hurry(pod, graceSeconds(pod));
    const isAsked = asks(pod) !== asks(before);
    if (isAsked) this.#volumes.expire();
    if (isAsked || this.isContradicted()) this.wake();
  }

  /** Whether the API says otherwise of the Pod than was written last: the next report is then written whatever it says. */
  isContradicted(): boolean {
    return this.#reporter.isContradictedBy(this.#pod.status);
  }

  /** The API has the Pod no more: everything ends, quickly, and nothing is reported. */
  remove(): void {
    this.#gone = true;
    this.#ending.hurry(this.#pod, Math.min(graceSeconds(this.#pod), this.#ending.grace ?? Infinity));
    this.wake();
  }

  /** The node ends the Pod. Resolves once it has, or when its grace period is long over. */
  async evict(verdict: Verdict): Promise<void> {
    this.#verdicts.pronounce(verdict);
    this.#ending.abort();
    this.wake();
    const { clock } = this.#context;
    const waited = new AbortController();
    await Promise.race([this.#rounds.running, clock.sleep(((verdict.graceSeconds ?? 0) + evictionPatience) * 1000, { signal: AbortSignal.any([waited.signal, this.#closing.signal]) }).catch(() => undefined)]);
    waited.abort();
  }

  /** Gives up the records of a Pod that has ended: its logs cannot be read any more. */
  async dropRecords(): Promise<void> {
    if (isTerminal(this.#status?.phase) && !isDeleting(this.#pod)) await dropRecords(this.#pod, await this.#look(), this.#context);
  }

  wake(): void {
    this.#rounds.wake();
  }

  /** A ConfigMap or Secret that it mounts: files are brought up to date, a mount that failed is tried again. */
  #mountedChanged(): void {
    this.#volumes.expire();
    this.wake();
  }

  /** Stops working; containers stay as they are. */
  async close(): Promise<void> {
    this.#unfollow();
    this.#closing.abort();
    this.#ending.abort();
    this.#rounds.end();
    await this.#rounds.running;
    await this.#reporter.flushed();
  }

  async #round(): Promise<void> {
    const seen = await this.#look();
    await this.#judge(seen);
    if (this.#gone || isDeleting(this.#pod)) return this.#end(seen);
    if (isTerminal(this.#status?.phase)) return this.#afterTerminal(seen);
    if (this.#justKilled(seen)) return this.#rounds.wakeIn(removalMs);
    if (!this.#verdicts.admit(this.#pod, seen) || this.#verdicts.verdict) {
      await this.#ending.kill(this.#pod, seen);
      this.#report(await this.#look(), false);
      return this.#afterTerminal(await this.#look());
    }
    await this.#carryOut(await this.#plan(seen), seen);
  }

  async #plan(seen: RuntimePod): Promise<PodPlan> {
    this.#allocation.follow(this.#pod, seen);
    this.#allocation.consider(this.#pod);
    if (this.#allocation.isPending) this.#rounds.wakeIn(resizeRetryMs);
    const pod = this.allocated;
    const plan = planPod(pod, seen, this.#context.probes);
    if (!(await resizeInPlace(pod, seen, this.#allocation, this.#context))) this.#rounds.wakeIn(resizeRetryMs);
    const killed = new Set(plan.kill.map(({ record }) => record.id));
    const restarts = resizeRestarts(pod, seen, this.#allocation).filter(({ record }) => !killed.has(record.id));
    // Ending a container may take a while: that it is under way is told before.
    if (restarts.length > 0) this.#report(seen, false);
    return { ...plan, kill: [...plan.kill, ...restarts] };
  }

  async #judge(seen: RuntimePod): Promise<void> {
    if (isTerminal(this.#status?.phase)) return;
    const wait = await this.#verdicts.look(this.#pod, seen);
    if (wait !== undefined) this.#rounds.wakeIn(wait);
    const grace = this.#verdicts.verdict?.graceSeconds;
    if (grace !== undefined) this.#ending.setGrace(grace);
  }

  #look(): Promise<RuntimePod> {
    return this.#lookWith(() => observePod(this.#context.runtime, this.#pod.metadata.uid ?? ''));
  }

  async #lookWith(observe: () => Promise<RuntimePod>): Promise<RuntimePod> {
    const seen = await observe();
    this.#options.onSeen(seen);
    followProbes({ pod: this.#pod, seen, isEnding: this.#gone || isDeleting(this.#pod), changed: () => this.wake() }, this.#context);
    return seen;
  }

  #justKilled(seen: RuntimePod): boolean {
    const { clock } = this.#context;
    return allContainers(this.#pod).some(({ spec }) => {
      const record = latestRecord(seen, spec.name);
      return record?.state === 'exited' && record.exitCode === 137 && !this.#ending.wasKilled(record.id) && clock.now() - record.finishedAt < removalMs && clock.now() >= record.finishedAt;
    });
  }

  async #carryOut(plan: PodPlan, first: RuntimePod): Promise<void> {
    let seen = first;
    for (const { container, record, message } of plan.kill) {
      this.#ending.markKilled([record.id]);
      const probe = this.#context.probes.failed(record.id) === 'startup' ? container.spec.startupProbe : container.spec.livenessProbe;
      const grace = probe?.terminationGracePeriodSeconds ?? terminationGrace(this.#pod);
      await killContainer({ pod: this.#pod, podIP: seen.ips[0] ?? '', container, record, graceSeconds: grace, message, signal: this.#ending.signal, closing: this.#closing.signal }, this.#context);
    }
    let mounted: MountedVolumes | undefined;
    if (plan.createSandbox) ({ seen, mounted } = await this.#newSandbox(seen));
    const again = plan.kill.filter(({ restart }) => restart === true).map(({ container, record }): StartAction => ({ container, previous: record, begun: record.begun }));
    const actions = plan.createSandbox ? planPod(this.allocated, seen, this.#context.probes).start : [...plan.start, ...again];
    // Before it starts again, how it ended.
    if (actions.some(({ previous }) => previous?.state === 'exited')) this.#report(seen, false);
    if (actions.length > 0 && seen.sandbox) await this.#start(actions, seen, mounted ?? (await this.#volumes.mount(this.#pod, seen)));
    else this.#waiting.clear();
    seen = plan.kill.length > 0 || plan.createSandbox || actions.length > 0 ? await this.#look() : seen;
    if (plan.kill.length > 0) this.wake();
    this.#allocation.follow(this.#pod, seen);
    this.#allocation.settle(this.#pod, seen);
    this.#report(seen, false);
    await pruneRecords(this.#pod, seen, this.#context);
    if (isTerminal(this.#status?.phase)) return this.#afterTerminal(seen);
    const wait = await this.#volumes.refresh(this.#pod, seen);
    if (wait !== undefined) this.#rounds.wakeIn(wait);
  }

  async #newSandbox(seen: RuntimePod): Promise<{ readonly seen: RuntimePod; readonly mounted: MountedVolumes }> {
    this.#ending.markKilled(seen.containers.map(({ id }) => id));
    await endOldSandboxes(this.#pod, seen, { signal: this.#ending.signal, closing: this.#closing.signal }, this.#context);
    if (!this.#status) this.#report(seen, false);
    const mounted = await this.#volumes.mount(this.#pod, seen);
    const id = await runSandbox(this.allocated, seen, this.#context);
    // Of a Pod that is new here, that is all there is.
    return { seen: seen.sandboxes.length === 0 ? await this.#lookWith(() => observeSandbox(this.#context.runtime, id)) : await this.#look(), mounted };
  }

  async #start(actions: readonly StartAction[], seen: RuntimePod, mounted: MountedVolumes): Promise<void> {
    const sandboxId = seen.sandbox?.id ?? '';
    const sandbox = sandboxConfig(this.#pod, seen.sandbox?.metadata?.attempt ?? 0, this.#context);
    const pod = this.allocated;
    const started: string[] = [];
    for (const action of actions) {
      if (this.#ending.signal.aborted) return;
      const outcome = await startContainer({ pod, seen, sandboxId, sandbox, mounted, action, backOff: this.#backOff, signal: this.#ending.signal, wake: () => this.wake() }, this.#context);
      const name = action.container.spec.name;
      if (outcome.outcome === 'held') {
        const unseen = outcome.reason.reason === 'CrashLoopBackOff' ? (action.previous?.finishedAt ?? 0) + endShownMs - this.#context.clock.now() : 0;
        if (unseen <= 0) this.#waiting.set(name, outcome.reason);
        else this.#waiting.delete(name);
        this.#rounds.wakeIn(unseen > 0 ? Math.min(unseen, outcome.retryMs) : outcome.retryMs);
      } else {
        if (outcome.outcome === 'started') {
          this.#waiting.delete(name);
          if (!action.container.spec.readinessProbe) started.push(outcome.id);
        }
        // Containers start in order: those after one whose image is on its way wait for it.
        if (outcome.outcome === 'pulling') break;
        if (action.container.role !== 'regular' && action.container.role !== 'ephemeral') this.wake();
      }
    }
    const { clock, cgroups, runtime } = this.#context;
    const hasEnded = (id: string): Promise<boolean> => runtime.containerStatus(id).then(({ state }) => state === ContainerState.EXITED, () => true);
    await settled(started, { clock, signal: this.#ending.signal, activity: (id, before) => cgroups.activity(this.#pod, id, before), hasEnded });
  }

  #report(seen: RuntimePod, over: boolean): void {
    if (this.#gone) return;
    const { probes, volumes, clock, hostIPs, runtimeName } = this.#context;
    const folder = volumes.podFolder(this.#pod.metadata.uid ?? '');
    this.#status = podStatus(this.allocated, {
      seen, runtimeName, waiting: this.#waiting, over, hostIPs: hostIPs(), startTime: this.#startTime, now: clock.now(), verdict: this.#verdicts.verdict,
      stated: [...this.#allocation.conditions(), ...(this.#verdicts.verdict?.condition ? [this.#verdicts.verdict.condition] : [])],
      recursiveReadOnly: this.#context.features.recursiveReadOnly.has(''),
      actual: ({ spec }, record) => this.#allocation.actual(record.id, spec),
      ready: (_, record) => probes.ready(record.id),
      started: (_, record) => probes.started(record.id),
      terminationMessage: (record) => {
        const container = allContainers(this.#pod).find(({ spec }) => spec.name === record.name);
        return container && terminationMessage(folder, container.spec, record);
      },
    }, this.#status ?? this.#pod.status);
    this.#reporter.report(this.#pod, this.#status);
  }

  async #afterTerminal(seen: RuntimePod): Promise<void> {
    await this.#ending.settle(this.#pod, seen);
    this.#unfollow();
  }

  async #end(first: RuntimePod): Promise<void> {
    this.#ending.setGrace(graceSeconds(this.#pod));
    if (!this.#gone && this.#status && !isTerminal(this.#status.phase)) this.#report(first, false);
    await this.#ending.kill(this.#pod, first);
    const seen = await this.#look();
    if (!this.#gone && !isTerminal(this.#status?.phase)) this.#report(seen, true);
    await this.#ending.clear(this.#pod, seen);
    await this.#reporter.flushed();
    if (!this.#gone) await this.#context.sink.finishDeletion(this.#pod);
    this.#finished = true;
    this.#unfollow();
    this.#rounds.end();
    this.#log.debug('Pod ended', { title: podTitle(this.#pod) });
    this.#options.onDone();
  }
}

/** What of a Pod concerns its worker: not the status that it writes itself, but conditions that others set. */
function asks({ metadata, spec, status }: Pod): string {
  const gates = (spec?.readinessGates ?? []).map(({ conditionType }) => status?.conditions?.find(({ type }) => type === conditionType)?.status);
  return JSON.stringify([spec, metadata.labels, metadata.annotations, metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds, gates]);
}
