/**
 * Service account tokens by what was asked for; a token is renewed once 80 % of its life or a day has gone, so a projected
 * volume that is looked at then always holds a good one.
 * Upstream: pkg/kubelet/token/token_manager.go
 */
import type { Clock } from '../../base/clock.ts';
import type { IssuedToken, NodeObjects, TokenRequest } from '../pod-source.ts';

const oneDay = 24 * 3600_000;

interface Held extends IssuedToken {
  readonly issued: number;
}

export class TokenCache {
  readonly #objects: Pick<NodeObjects, 'token'>;
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();

  constructor(objects: Pick<NodeObjects, 'token'>, clock: Clock) {
    this.#objects = objects;
    this.#clock = clock;
  }

  /** An old token that is still good is used where a new one cannot be had. */
  async token(request: TokenRequest): Promise<string> {
    const key = JSON.stringify(request);
    const held = this.#held.get(key);
    const now = this.#clock.now();
    if (held && now <= dueAt(held)) return held.token;
    try {
      const issued = await this.#objects.token(request);
      this.#held.set(key, { ...issued, issued: now });
      return issued.token;
    } catch (error) {
      if (held && held.expires > now) return held.token;
      throw error;
    }
  }

  /** After how many ms the first of a Pod's tokens is to be renewed: none or less where that is overdue, undefined where it has none. */
  dueIn(podUid: string): number | undefined {
    const now = this.#clock.now();
    const times = this.#ofPod(podUid).map(([, held]) => dueAt(held) - now);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  forget(podUid: string): void {
    for (const [key] of this.#ofPod(podUid)) this.#held.delete(key);
  }

  #ofPod(uid: string): readonly (readonly [string, Held])[] {
    return [...this.#held].filter(([key]) => (JSON.parse(key) as TokenRequest).pod.uid === uid);
  }
}

const dueAt = ({ issued, expires }: Held): number => issued + Math.min(oneDay, (expires - issued) * 0.8);
