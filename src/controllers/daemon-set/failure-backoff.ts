/** How long a failed daemon Pod is left before another is tried on its node: 1 s, doubling to 15 min. Upstream: daemon_controller.go (failedPodsBackoff) */
const first = 1_000;
const longest = 900_000;

export class FailureBackoff {
  readonly #nodes = new Map<string, { delay: number; since: number }>();

  /** ms until the failed Pod of a node may be replaced; 0: now, and the next wait is then longer. `key` names set, generation and node. */
  wait(key: string, now: number): number {
    const known = this.#nodes.get(key);
    if (known && now - known.since < known.delay) return known.since + known.delay - now;
    const calm = !known || now - known.since > 2 * longest;
    this.#nodes.set(key, { delay: calm ? first : Math.min(longest, known.delay * 2), since: now });
    return 0;
  }

  forget(set: string): void {
    for (const key of this.#nodes.keys()) if (key.startsWith(`${set}/`)) this.#nodes.delete(key);
  }
}
