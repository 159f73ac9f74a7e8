/** How long the event loop of this process keeps others waiting. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: 1 });

  constructor() {
    this.#histogram.enable();
  }

  /** Milliseconds. */
  stop(): { readonly loopP99: number; readonly loopMax: number } {
    this.#histogram.disable();
    return { loopP99: this.#histogram.percentile(99) / 1e6, loopMax: this.#histogram.max / 1e6 };
  }
}
