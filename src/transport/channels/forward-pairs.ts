/** Matching the two streams, data and error, that a client opens for each forwarded connection, by their `requestid`. */
import type { Clock, Timer } from '../../base/clock.ts';
import { firstOf } from '../spdy/header-block.ts';
import type { SpdyStream } from '../spdy/spdy-stream.ts';
import type { ForwardedConnection } from './port-forward.ts';

/** Milliseconds that one half waits for the other. */
const patience = 30_000;

interface Half {
  readonly type: string;
  readonly stream: SpdyStream;
  readonly timer: Timer;
}

export class ForwardPairs {
  readonly #clock: Clock;
  readonly #halves = new Map<string, Half>();
  readonly #ready: ForwardedConnection[] = [];
  #wake = Promise.withResolvers<void>();
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(stream: SpdyStream): void {
    const type = firstOf(stream.headers, 'streamtype') ?? '';
    const port = Number(firstOf(stream.headers, 'port'));
    const request = firstOf(stream.headers, 'requestid') ?? '';
    if ((type !== 'data' && type !== 'error') || !Number.isInteger(port) || port < 1 || port > 65535 || request === '') {
      stream.reset();
      return;
    }
    const other = this.#halves.get(request);
    if (other?.type === type) {
      stream.reset();
      return;
    }
    stream.reply();
    if (!other) {
      const timer = this.#clock.after(patience, () => this.#giveUp(request));
      this.#halves.set(request, { type, stream, timer });
      return;
    }
    other.timer.cancel();
    this.#halves.delete(request);
    const [data, error] = type === 'data' ? [stream, other.stream] : [other.stream, stream];
    error.resume();
    this.#ready.push({ port, data, error });
    this.#wake.resolve();
  }

  end(): void {
    this.#ended = true;
    for (const { timer } of this.#halves.values()) timer.cancel();
    this.#halves.clear();
    this.#wake.resolve();
  }

  async *connections(): AsyncGenerator<ForwardedConnection, void, undefined> {
    for (;;) {
      for (let next = this.#ready.shift(); next; next = this.#ready.shift()) yield next;
      if (this.#ended) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }

  #giveUp(request: string): void {
    this.#halves.get(request)?.stream.reset();
    this.#halves.delete(request);
  }
}
