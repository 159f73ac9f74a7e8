/**
 * Writes one Pod's status, newest last, one write at a time; a write that fails is tried again, and what others change of it is put
 * right: a Pod is called unready from outside while its node is silent, and nobody but the node can say that it is ready again.
 * Upstream: pkg/kubelet/status/status_manager.go (needsReconcile)
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Pod, PodStatus } from '../../resources/types/core-v1.ts';
import type { PodStatusSink } from '../pod-source.ts';

const retryMs = 1000;

export class StatusReporter {
  readonly #sink: Pick<PodStatusSink, 'updateStatus'>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  #last: string;
  #written: PodStatus | undefined;
  #next: { readonly pod: Pod; readonly status: PodStatus } | undefined;
  #writing: Promise<void> | undefined;

  constructor(sink: Pick<PodStatusSink, 'updateStatus'>, options: { readonly clock: Clock; readonly log: Logger; readonly signal: AbortSignal; readonly known: PodStatus | undefined }) {
    this.#sink = sink;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#signal = options.signal;
    this.#last = canonical(options.known);
    this.#written = options.known;
  }

  report(pod: Pod, status: PodStatus): void {
    const text = canonical(status);
    if (text === this.#last) return;
    this.#last = text;
    this.#next = { pod, status };
    this.#writing ??= this.#write();
  }

  /** Tells what the API has now. True where it says otherwise than was written last: the next report is written whatever it says. */
  isContradictedBy(status: PodStatus | undefined): boolean {
    const written = this.#written;
    if (this.#writing || written === undefined || status === undefined) return false;
    const differs = (type: string): boolean => conditionOf(written, type) !== conditionOf(status, type);
    if (written.phase === status.phase && !differs('Ready') && !differs('ContainersReady')) return false;
    this.#last = '';
    return true;
  }

  /** Resolves once all that was reported is written, or writing has been given up. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#next && !this.#signal.aborted) {
      const { pod, status } = this.#next;
      this.#next = undefined;
      try {
        await this.#sink.updateStatus(pod, status);
        this.#written = status;
      } catch (error) {
        this.#log.warn('a status could not be written', { pod: pod.metadata.name, namespace: pod.metadata.namespace, error: messageOf(error) });
        this.#next ??= { pod, status };
        await this.#clock.sleep(retryMs, { signal: this.#signal }).catch(() => undefined);
      }
    }
    this.#writing = undefined;
  }
}

const conditionOf = (status: PodStatus, type: string): string | undefined => status.conditions?.find((condition) => condition.type === type)?.status;

/** JSON with sorted keys and without undefined: what was read back from the API compares equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).filter(([, v]) => v !== undefined && v !== null).sort(([a], [b]) => (a < b ? -1 : 1))) : part) ?? '';
}
