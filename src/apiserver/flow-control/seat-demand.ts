/**
 * How many seats a level's requests, waiting and running, wanted over a while. Upstream: k8s.io/apiserver/pkg/util/flowcontrol/fairqueuing
 * (integrator) and the smoothing of KEP-1040.
 */
/** A period's demand weighs so much less in the next one: halved in five minutes of ten-second periods. */
const smoothing = 0.977;

export class SeatDemand {
  #value = 0;
  #since: number;
  #from: number;
  #sum = 0;
  #squares = 0;
  #highest = 0;
  /** Figures of the last period. */
  average = 0;
  deviation = 0;
  highWatermark = 0;
  /** Rises at once, falls slowly. */
  smoothed = 0;

  constructor(now: number) {
    this.#since = now;
    this.#from = now;
  }

  /** The demand changes by so many seats; `now` in ms, never going back. */
  add(seats: number, now: number): void {
    this.#advance(now);
    this.#value += seats;
    if (this.#value > this.#highest) this.#highest = this.#value;
  }

  /** Ends a period, which stands for so many. */
  endPeriod(now: number, periods = 1): void {
    this.#advance(now);
    const length = now - this.#from;
    this.average = length > 0 ? this.#sum / length : this.#value;
    this.deviation = length > 0 ? Math.sqrt(Math.max(0, this.#squares / length - this.average ** 2)) : 0;
    this.highWatermark = this.#highest;
    const envelope = this.average + this.deviation;
    this.smoothed = Math.max(envelope, envelope + smoothing ** periods * (this.smoothed - envelope));
    this.#from = now;
    this.#sum = 0;
    this.#squares = 0;
    this.#highest = this.#value;
  }

  #advance(now: number): void {
    const passed = now - this.#since;
    this.#sum += this.#value * passed;
    this.#squares += this.#value ** 2 * passed;
    this.#since = now;
  }
}
