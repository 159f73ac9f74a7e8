/**
 * Waiting until a container that was just started is past its first steps.
 *
 * A container that ends as soon as it starts must not pass for a good replacement of the one before it. Upstream looks at
 * containers once a second, which hides short starts. Here a container counts once its processes rest: one that waits for its first
 * request does so within milliseconds, one that fails ends before it rests.
 */
import type { Clock } from '../../base/clock.ts';
import type { CgroupActivity } from '../containerd/cgroup-activity.ts';

export interface SettlingOptions {
  readonly clock: Clock;
  /** Ends the wait. */
  readonly signal: AbortSignal;
  /** What a container's processes do just now, or did since `before`; undefined where there are none. */
  readonly activity: (containerId: string, before?: CgroupActivity) => CgroupActivity | undefined;
  /** Whether the runtime knows that a container has ended: it learns that a little later than the kernel. */
  readonly hasEnded: (containerId: string) => Promise<boolean>;
}

const stepMs = 10;
/** A container that works on and on counts as well: half of upstream's second. */
const mostMs = 500;

/** Resolves when all these containers rest or have ended; at the latest after half a second. */
export async function settled(containerIds: readonly string[], options: SettlingOptions): Promise<void> {
  const { clock, signal } = options;
  const end = clock.monotonic() + mostMs;
  let waiting = new Map(containerIds.map((id) => [id, options.activity(id)]));
  while (waiting.size > 0 && clock.monotonic() < end && !signal.aborted) {
    await clock.sleep(stepMs, { signal }).catch(() => undefined);
    const still = new Map<string, CgroupActivity | undefined>();
    for (const [id, before] of waiting) {
      const now = options.activity(id, before);
      const rests = now !== undefined && !now.busy && now.used === before?.used;
      if (!rests && !(now === undefined && (await options.hasEnded(id)))) still.set(id, now);
    }
    waiting = still;
  }
}
