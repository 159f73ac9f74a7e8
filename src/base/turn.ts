/**
 * Gives the event loop its turn. Code that awaits only settled promises never leaves the microtask queue, so timers and sockets
 * would wait for it without bound; whoever may run so awaits `turn()` now and then, which costs nothing while the loop turns.
 */
const longestStretch = 5;

let lastTurn = performance.now();
let pending: Promise<void> | undefined;

/** Resolves at once if the event loop turned in the last 5 ms, else after its next turn. */
export function turn(): Promise<void> | undefined {
  pending ??= new Promise((resolve) => {
    setImmediate(() => {
      lastTurn = performance.now();
      pending = undefined;
      resolve();
    });
  });
  return performance.now() - lastTurn > longestStretch ? pending : undefined;
}
