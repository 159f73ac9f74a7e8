/** A streamed answer over a Node stream of either protocol. */
import type { Writable } from 'node:stream';
import type { ResponseStream } from './exchange.ts';

export class WritableResponse implements ResponseStream {
  readonly #target: Writable;
  readonly #abandon: () => void;
  #complete = false;

  /** `abandon` breaks the answer off. */
  constructor(target: Writable, abandon: () => void) {
    this.#target = target;
    this.#abandon = abandon;
  }

  /** The answer has been ended here, not by the client's leaving. */
  get complete(): boolean {
    return this.#complete;
  }

  get closed(): boolean {
    return this.#target.destroyed || this.#target.writableEnded;
  }

  write(chunk: Buffer): boolean {
    return this.closed ? true : this.#target.write(chunk);
  }

  drained(): Promise<void> {
    const target = this.#target;
    if (this.closed || !target.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        target.off('drain', done).off('close', done);
        resolve();
      };
      target.on('drain', done).on('close', done);
    });
  }

  end(): void {
    if (this.closed) return;
    this.#complete = true;
    this.#target.end();
  }

  destroy(): void {
    if (!this.#target.destroyed) this.#abandon();
  }
}
