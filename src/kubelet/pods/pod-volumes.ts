/** One Pod's volumes while it runs: mounted when it starts, files made from API objects kept up to date. */
import { messageOf } from '../../base/errors.ts';
import type { Pod } from '../../resources/types/core-v1.ts';
import type { MountedVolumes } from '../volumes/volume-manager.ts';
import { podFacts, type NodeContext } from './node-context.ts';
import type { RuntimePod } from './runtime-pod.ts';

const refreshMs = 60_000;

export class PodVolumes {
  readonly #context: NodeContext;
  #refreshedAt = -Infinity;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /** Something that it mounts may have changed: the next refresh looks at it. */
  expire(): void {
    this.#refreshedAt = -Infinity;
  }

  /** Makes all volumes ready. What is wrong is told in an event, and thrown. */
  async mount(pod: Pod, seen: RuntimePod): Promise<MountedVolumes> {
    try {
      return await this.#context.volumes.mount(pod, podFacts(pod, seen, this.#context));
    } catch (error) {
      this.#context.events.event(pod, 'Warning', 'FailedMount', messageOf(error));
      throw error;
    }
  }

  /** Brings files up to date where it is time; answers after how many ms to come again, undefined where nothing can change. */
  async refresh(pod: Pod, seen: RuntimePod): Promise<number | undefined> {
    const { volumes, clock, events } = this.#context;
    if (!seen.sandbox || !(pod.spec?.volumes ?? []).some((volume) => volume.configMap ?? volume.secret ?? volume.projected ?? volume.downwardAPI)) return undefined;
    if (clock.monotonic() - this.#refreshedAt < refreshMs / 2) return refreshMs;
    this.#refreshedAt = clock.monotonic();
    await volumes.refresh(pod, podFacts(pod, seen, this.#context)).catch((error: unknown) => events.event(pod, 'Warning', 'FailedMount', messageOf(error)));
    return refreshMs;
  }
}
