/**
 * Probing of containers that run: startup first, then liveness and readiness, each at its own pace.
 * A container without a probe counts as started and ready; one with a startup probe is neither until that has passed.
 * Upstream: pkg/kubelet/prober/worker.go
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { Pod, Probe } from '../../resources/types/core-v1.ts';
import type { EventRecorder } from '../pod-source.ts';
import type { ProbeVerdicts } from '../pods/plan.ts';
import type { PodContainer } from '../pods/pod-containers.ts';
import type { ContainerRecord } from '../pods/runtime-pod.ts';
import { runProbe, type ProbeTarget, type ProbeTools } from './probe-action.ts';

export type ProbeKind = 'startup' | 'liveness' | 'readiness';

export interface ProbedContainer {
  readonly pod: Pod;
  readonly container: PodContainer;
  readonly record: ContainerRecord;
  readonly podIP: string;
  /** Whether it was ready and started before the agent did: an adopted container goes on as it was until a probe says otherwise. */
  readonly wasReady: boolean;
  /** Called when a verdict has changed. */
  readonly changed: () => void;
}

interface Held {
  readonly subject: ProbedContainer;
  readonly verdicts: Map<ProbeKind, boolean>;
  readonly timers: Map<ProbeKind, Timer>;
  closed: boolean;
}

const titles = { startup: 'Startup', liveness: 'Liveness', readiness: 'Readiness' } as const;

export class ProbeManager implements ProbeVerdicts {
  readonly #held = new Map<string, Held>();
  readonly #failed = new Map<string, 'liveness' | 'startup'>();
  readonly #tools: ProbeTools;
  readonly #events: EventRecorder;
  readonly #clock: Clock;

  constructor(tools: ProbeTools, events: EventRecorder) {
    this.#tools = tools;
    this.#events = events;
    this.#clock = tools.clock;
  }

  /** Begins probing a container; nothing happens where it is probed already. */
  add(subject: ProbedContainer): void {
    const { spec } = subject.container;
    const id = subject.record.id;
    if (this.#held.has(id) || !(spec.startupProbe || spec.livenessProbe || spec.readinessProbe)) return;
    const held: Held = { subject, verdicts: new Map(), timers: new Map(), closed: false };
    this.#held.set(id, held);
    if (spec.startupProbe) held.verdicts.set('startup', subject.wasReady);
    if (spec.readinessProbe) held.verdicts.set('readiness', subject.wasReady);
    if (spec.livenessProbe) held.verdicts.set('liveness', true);
    if (spec.startupProbe && !subject.wasReady) this.#follow(held, 'startup', spec.startupProbe);
    else this.#followOthers(held);
  }

  remove(containerId: string): void {
    const held = this.#held.get(containerId);
    if (!held) return;
    held.closed = true;
    for (const timer of held.timers.values()) timer.cancel();
    this.#held.delete(containerId);
    this.#failed.delete(containerId);
  }

  ready(containerId: string): boolean {
    const verdicts = this.#held.get(containerId)?.verdicts;
    return this.started(containerId) && (verdicts?.get('readiness') ?? true);
  }

  started(containerId: string): boolean {
    return this.#held.get(containerId)?.verdicts.get('startup') ?? true;
  }

  failed(containerId: string): 'liveness' | 'startup' | undefined {
    return this.#failed.get(containerId);
  }

  close(): void {
    for (const id of [...this.#held.keys()]) this.remove(id);
  }

  #followOthers(held: Held): void {
    const { livenessProbe, readinessProbe } = held.subject.container.spec;
    if (livenessProbe) this.#follow(held, 'liveness', livenessProbe);
    if (readinessProbe) this.#follow(held, 'readiness', readinessProbe);
  }

  #follow(held: Held, kind: ProbeKind, probe: Probe): void {
    const period = (probe.periodSeconds ?? 10) * 1000;
    const initial = Math.max(0, held.subject.record.startedAt + (probe.initialDelaySeconds ?? 0) * 1000 - this.#clock.now());
    const run = new Streak();
    const again = (wait: number): void => {
      if (held.closed) return;
      held.timers.set(kind, this.#clock.after(wait, () => {
        this.#probe(held, kind, probe, run).then((goOn) => goOn && again(period), () => again(period));
      }));
    };
    again(initial);
  }

  /** False when this kind is done with. */
  async #probe(held: Held, kind: ProbeKind, probe: Probe, run: Streak): Promise<boolean> {
    const { subject } = held;
    const target: ProbeTarget = { containerId: subject.record.id, container: subject.container.spec, podIP: subject.podIP };
    const result = await runProbe(probe, target, this.#tools);
    if (held.closed) return false;
    if (result.outcome !== 'success') {
      const verb = result.outcome === 'error' ? 'errored' : result.outcome === 'warning' ? 'warning' : 'failed';
      this.#events.event(subject.pod, 'Warning', result.outcome === 'warning' ? 'ProbeWarning' : 'Unhealthy', `${titles[kind]} probe ${verb}: ${result.output}`, subject.container.fieldPath);
    }
    if (result.outcome === 'error') return true;
    const good = result.outcome !== 'failure';
    const length = run.add(good);
    if (length < (good ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))) return true;
    const before = held.verdicts.get(kind);
    held.verdicts.set(kind, good);
    return this.#concluded(held, kind, good, before !== good);
  }

  #concluded(held: Held, kind: ProbeKind, good: boolean, isNew: boolean): boolean {
    const { subject } = held;
    if (kind === 'startup' && good) {
      this.#followOthers(held);
      subject.changed();
      return false;
    }
    if (kind !== 'readiness' && !good) {
      this.#failed.set(subject.record.id, kind);
      subject.changed();
      return false;
    }
    if (isNew) subject.changed();
    return true;
  }
}

/** How often in a row the same came out. */
class Streak {
  #last: boolean | undefined;
  #length = 0;

  add(result: boolean): number {
    this.#length = result === this.#last ? this.#length + 1 : 1;
    this.#last = result;
    return this.#length;
  }
}
