/** Waiting in black-box tests: ask again until it is so, up to a bound. The bound only says when to give up. */
import { setTimeout as pause } from 'node:timers/promises';

export const usualBound = 30_000;
const between = 100;

/** The first answer that satisfies `test`; fails with the last answer when the bound (ms) has passed. */
export async function eventually<T>(ask: () => Promise<T>, test: (answer: T) => boolean, options: { readonly within?: number; readonly what?: string } = {}): Promise<T> {
  const within = options.within ?? usualBound;
  const end = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (test(answer)) return answer;
    if (performance.now() > end) throw new Error(`${options.what ?? 'it'} did not become so within ${within / 1000} s; last seen: ${typeof answer === 'string' ? answer : JSON.stringify(answer, undefined, 1)}`);
    await pause(between);
  }
}
