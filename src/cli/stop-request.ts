import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { report } from './failure.ts';

/** Waits for SIGTERM, SIGINT or a failure that the server cannot live with. A second signal ends the process at once. */
export class StopRequest {
  /** Resolves with the exit code that the process shall have. */
  readonly requested: Promise<number>;
  readonly #settle: (exitCode: number) => void;
  readonly #aborting = new AbortController();
  readonly #logger: Logger;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.signal.aborted) process.exit(130);
    this.#logger.info('asked to stop', { signal });
    this.#stop(0);
  };

  constructor(logger: Logger) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.requested = promise;
    this.#settle = resolve;
    this.#logger = logger;
    process.on('SIGTERM', this.#onSignal);
    process.on('SIGINT', this.#onSignal);
  }

  /** Aborted when stopping begins. */
  get signal(): AbortSignal {
    return this.#aborting.signal;
  }

  fail(error: unknown): void {
    if (this.signal.aborted) return;
    this.#logger.error('the cluster cannot go on', { error: messageOf(error) });
    report(error);
    this.#stop(1);
  }

  close(): void {
    process.off('SIGTERM', this.#onSignal);
    process.off('SIGINT', this.#onSignal);
  }

  #stop(exitCode: number): void {
    this.#settle(exitCode);
    this.#aborting.abort();
  }
}
