/** One Pod's volumes while it runs: mounted when it starts, files made from API objects kept up to date. */
import { messageOf } from '../../base/errors.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { MountedVolumes } from '../volumes/volume-manager.ts';
import { podFacts, type FactsContext, type NodeContext } from './node-context.ts';
import type { RuntimePod } from './runtime-pod.ts';

/** A refresh that failed, or left a token that is to be renewed, is tried again so much later, ms. */
const retryMs = 60_000;
/** A token's end is looked at so often at least: the machine's time may jump. */
const mostMs = 3600_000;

type VolumesContext = FactsContext & Pick<NodeContext, 'clock' | 'events'> & { readonly volumes: Pick<NodeContext['volumes'], 'mount' | 'refresh' | 'renewalIn'> };

export class PodVolumes {
  readonly #context: VolumesContext;
  /** When to refresh next, on the clock that never jumps. */
  #due = -Infinity;

  constructor(context: VolumesContext) {
    this.#context = context;
  }

  /** Something that it mounts may have changed: the next refresh looks at it. */
  expire(): void {
    this.#due = -Infinity;
  }

  /** Makes all volumes ready. What is wrong is told in an event, and thrown. */
  async mount(pod: Pod, seen: RuntimePod): Promise<MountedVolumes> {
    const { volumes, events } = this.#context;
    this.#due = Infinity;
    try {
      const mounted = await volumes.mount(pod, podFacts(pod, seen, this.#context));
      this.#next(pod);
      return mounted;
    } catch (error) {
      this.expire();
      events.event(pod, 'Warning', 'FailedMount', messageOf(error));
      throw error;
    }
  }

  /** Brings files up to date where it is time; answers after how many ms to come again, undefined where nothing can change by itself. */
  async refresh(pod: Pod, seen: RuntimePod): Promise<number | undefined> {
    const { volumes, clock, events } = this.#context;
    if (!seen.sandbox || !(pod.spec?.volumes ?? []).some((volume) => volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI)) return undefined;
    if (clock.monotonic() >= this.#due) {
      this.#due = Infinity;
      try {
        await volumes.refresh(pod, podFacts(pod, seen, this.#context));
        this.#next(pod);
      } catch (error) {
        events.event(pod, 'Warning', 'FailedMount', messageOf(error));
        this.#dueIn(retryMs);
      }
    }
    return this.#due === Infinity ? undefined : Math.max(0, this.#due - clock.monotonic());
  }

  #next(pod: Pod): void {
    const renewal = this.#context.volumes.renewalIn(pod.metadata.uid ?? '');
    if (renewal !== undefined) this.#dueIn(Math.min(Math.max(renewal, retryMs), mostMs));
  }

  /** What has changed meanwhile comes first. */
  #dueIn(ms: number): void {
    this.#due = Math.min(this.#due, this.#context.clock.monotonic() + ms);
  }
}
