/**
 * Gives the event loop its turn. Code that awaits only settled promises never leaves the microtask queue, so timers and sockets
 * would wait for it without bound; whoever may run so awaits `turn()` now and then, which costs nothing while the loop turns.
 * Those who wait go on in their order, so many in one turn as fit in the same stretch: a crowd is no reason to block either.
 */
const longestStretch = 5;

let lastTurn = performance.now();
let turning = false;
let waiting: (() => void)[] = [];
/** How many of `waiting` have gone on. */
let released = 0;

/** Resolves at once if the event loop turned in the last 5 ms and nobody waits, else after its next turn. */
export function turn(): Promise<void> | undefined {
  nextTurn();
  if (waiting.length === 0 && performance.now() - lastTurn <= longestStretch) return undefined;
  return new Promise((resolve) => waiting.push(resolve));
}

function nextTurn(): void {
  if (turning) return;
  turning = true;
  setImmediate(() => {
    turning = false;
    lastTurn = performance.now();
    release();
  });
}

/** Lets one go on and, once it has done what it can without waiting, the next. */
function release(): void {
  const next = waiting[released];
  if (next === undefined) {
    waiting = [];
    released = 0;
  } else if (performance.now() - lastTurn > longestStretch) {
    nextTurn();
  } else {
    released++;
    next();
    queueMicrotask(release);
  }
}
