/** One worker over a queue of keys, for the small controllers of this room: errors are logged and tried again with back-off. */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { WorkQueue } from '../client/work-queue.ts';

export interface ReconcileLoop {
  readonly queue: WorkQueue;
  readonly idle: boolean;
  start(): void;
  /** Finishes the key being worked on. */
  close(): Promise<void>;
}

export function reconcileLoop(context: { readonly clock: Clock; readonly logger: Logger }, name: string, reconcile: (key: string) => Promise<void>): ReconcileLoop {
  const queue = new WorkQueue({ clock: context.clock, firstDelay: 50, longestDelay: 60_000 });
  const logger = context.logger.with({ controller: name });
  let working: Promise<void> | undefined;
  const work = async (): Promise<void> => {
    for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
      try {
        await reconcile(key);
        queue.forget(key);
      } catch (error) {
        logger.warn('reconcile failed, trying again', { key, error: messageOf(error) });
        queue.addRateLimited(key);
      }
      queue.done(key);
    }
  };
  return {
    queue,
    get idle() {
      return queue.idle;
    },
    start() {
      working ??= work();
    },
    async close() {
      queue.close();
      await working;
    },
  };
}
