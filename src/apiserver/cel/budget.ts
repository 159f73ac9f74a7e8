/**
 * What an evaluation may cost, in upstream's units (about a tenth of a microsecond each): loops and searches charge before they run.
 * Evaluation never waits, so the running one is the only one.
 * Upstream: k8s.io/apiserver/pkg/apis/cel/config.go
 */
export const perCallLimit = 1_000_000;
/** For all rules of one object. */
export const perObjectLimit = 10_000_000;

export class CostLimitError extends Error {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
    this.name = 'CostLimitError';
  }
}

let spent = 0;
let limit = perCallLimit;

/** Runs an evaluation that may cost `most`; gives its result and cost. Throws CostLimitError, also where the expression would swallow it. */
export function measured<T>(run: () => T, most = perCallLimit): { readonly result: T; readonly cost: number } {
  spent = 0;
  limit = most;
  try {
    const result = run();
    if (spent > limit) throw new CostLimitError();
    return { result, cost: spent };
  } catch (error) {
    if (spent > limit) throw new CostLimitError();
    throw error;
  }
}

export function charge(cost: number): void {
  spent += cost;
  if (spent > limit) throw new CostLimitError();
}

export const chargeText = (text: number, pattern: number): void => charge(Math.ceil((text + 1) * 0.1) * Math.ceil(pattern * 0.25 + 1));
