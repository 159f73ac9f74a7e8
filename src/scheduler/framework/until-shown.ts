/** Waiting for what an informer is to show, before a Pod is bound. */
import type { Clock } from '../../base/clock.ts';
import { objectKey, type KubeObject } from '../../apimachinery/object.ts';
import type { Informer } from '../../client/informer.ts';

export interface Wait {
  readonly clock: Clock;
  /** How long at most, ms, and what is said then. */
  readonly longest: number;
  readonly late: string;
  readonly signal: AbortSignal;
}

/**
 * Resolves when `look` answers true: it is asked at once and after each change of one of the objects ('namespace/name'; `gone`: one that was
 * deleted). Rejects with what `look` throws, when time is up, or with the signal's reason.
 */
export async function untilShown<T extends KubeObject>(informer: Informer<T>, keys: readonly string[], look: (gone?: T) => boolean, { clock, longest, late, signal }: Wait): Promise<void> {
  const done = Promise.withResolvers<void>();
  const ask = (gone?: T): void => {
    try {
      if (look(gone)) done.resolve();
    } catch (error) {
      done.reject(error);
    }
  };
  const changed = (object: T, gone?: T): void => {
    if (keys.includes(objectKey(object))) ask(gone);
  };
  const remove = informer.addHandler({ added: (object) => changed(object), updated: (object) => changed(object), deleted: (object) => changed(object, object) });
  const timer = clock.after(longest, () => done.reject(new Error(late)));
  const abort = (): void => done.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  ask();
  try {
    await done.promise;
  } finally {
    remove();
    timer.cancel();
    signal.removeEventListener('abort', abort);
  }
}
