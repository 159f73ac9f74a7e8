/**
 * Service account tokens by what was asked for; a token is renewed once 80 % of its life or a day has gone, so a projected
 * volume that is looked at every minute always holds a good one.
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
    if (held && !isDue(held, now)) return held.token;
    try {
      const issued = await this.#objects.token(request);
      this.#held.set(key, { ...issued, issued: now });
      return issued.token;
    } catch (error) {
      if (held && held.expires > now) return held.token;
      throw error;
    }
  }

  forget(podUid: string): void {
    for (const key of this.#held.keys()) if ((JSON.parse(key) as TokenRequest).pod.uid === podUid) this.#held.delete(key);
  }
}

function isDue(held: Held, now: number): boolean {
  return now > held.issued + oneDay || now > held.issued + (held.expires - held.issued) * 0.8;
}
