/** Chance as a dependency, so that tests can repeat a run. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

export interface Random {
  uuid(): string;
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
  bytes(length: number): Buffer;
}

export const systemRandom: Random = {
  uuid: () => randomUUID(),
  below: (bound) => randomInt(bound),
  bytes: (length) => randomBytes(length),
};

/** Letters that cannot spell a word: no vowels, no look-alikes. Upstream: k8s.io/apimachinery/pkg/util/rand */
const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** The random tail of generated names, 'x7k2p'. */
export function nameSuffix(random: Random, length = 5): string {
  let out = '';
  for (let i = 0; i < length; i++) out += suffixLetters[random.below(suffixLetters.length)];
  return out;
}
