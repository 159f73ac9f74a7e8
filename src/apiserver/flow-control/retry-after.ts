/**
 * How long a refused client is asked to stay away: a second at first, twice as long while many are refused, less again when few are.
 * Upstream: k8s.io/apiserver/pkg/util/flowcontrol/dropped_requests_tracker.go
 */
const longest = 32;

export class RetryAfter {
  /** Seconds, and how many were refused in each. */
  #history: { second: number; refused: number }[] = [];
  #current = { second: NaN, refused: 0 };
  #raisedAt = -Infinity;
  #seconds = 1;

  /** Seconds. */
  get seconds(): number {
    return this.#seconds;
  }

  /** A request was refused; `now` in ms. */
  refused(now: number): void {
    const second = Math.floor(now / 1000);
    if (second === this.#current.second) {
      this.#current.refused++;
      return;
    }
    this.#history.push(this.#current);
    this.#history = this.#history.filter((one) => second - one.second <= longest);
    this.#current = { second, refused: 1 };
    this.#adjust(second);
  }

  #adjust(second: number): void {
    const lately = this.#history.reduce((sum, one) => (second - one.second <= this.#seconds ? sum + one.refused : sum), 0);
    if (second - this.#raisedAt >= this.#seconds && lately >= 3 * this.#seconds) {
      this.#seconds = Math.min(longest, this.#seconds * 2);
      this.#raisedAt = second;
    } else if (lately < this.#seconds && this.#seconds > 1) {
      this.#seconds--;
    }
  }
}
