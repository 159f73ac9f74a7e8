/**
 * What a controller has done to its dependents and not yet seen in its informer. While anything is outstanding for a key, the
 * informer's picture is known to be old, so no more dependents are made or deleted. An expectation older than five minutes is
 * given up: the picture is then taken as true.
 * Upstream: pkg/controller/controller_utils.go (ControllerExpectations)
 */
import type { Clock } from '../../base/clock.ts';

/** ms; who waits for an expectation looks again after this long. */
export const givenUpAfter = 300_000;

interface Outstanding {
  creations: number;
  /** Identities (uids) of dependents whose deletion was asked for. */
  readonly deletions: Set<string>;
  since: number;
}

export class Expectations {
  readonly #clock: Clock;
  readonly #outstanding = new Map<string, Outstanding>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the informer has seen all that was done for `key`. */
  satisfied(key: string): boolean {
    const found = this.#outstanding.get(key);
    if (!found) return true;
    if (found.creations <= 0 && found.deletions.size === 0) return true;
    return this.#clock.monotonic() - found.since > givenUpAfter;
  }

  /** Call before creating `count` dependents. */
  expectCreations(key: string, count: number): void {
    this.#of(key).creations += count;
  }

  /** A dependent was seen, or its creation failed. */
  creationObserved(key: string): void {
    const found = this.#outstanding.get(key);
    if (found && found.creations > 0) found.creations--;
  }

  /** Call before deleting a dependent. */
  expectDeletion(key: string, uid: string): void {
    this.#of(key).deletions.add(uid);
  }

  /** A dependent is gone or going, or its deletion failed. */
  deletionObserved(key: string, uid: string): void {
    this.#outstanding.get(key)?.deletions.delete(uid);
  }

  forget(key: string): void {
    this.#outstanding.delete(key);
  }

  #of(key: string): Outstanding {
    let found = this.#outstanding.get(key);
    if (!found || this.satisfied(key)) {
      found = { creations: 0, deletions: new Set(), since: 0 };
      this.#outstanding.set(key, found);
    }
    found.since = this.#clock.monotonic();
    return found;
  }
}
