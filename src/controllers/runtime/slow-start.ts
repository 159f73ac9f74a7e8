/** Does a thing many times, in batches of 1, 2, 4, 8..., so that what cannot work is not tried five hundred times. */
export interface SlowStartResult {
  readonly succeeded: number;
  /** Never tried, because an earlier batch had a failure. */
  readonly skipped: number;
  /** The first failure, if any. */
  readonly error: Error | undefined;
}

export async function slowStart(count: number, act: (index: number) => Promise<unknown>, firstBatch = 1): Promise<SlowStartResult> {
  let succeeded = 0;
  let started = 0;
  for (let size = Math.min(firstBatch, count); size > 0; size = Math.min(size * 2, count - started)) {
    const from = started;
    started += size;
    const results = await Promise.allSettled(Array.from({ length: size }, (_, i) => act(from + i)));
    succeeded += results.filter(({ status }) => status === 'fulfilled').length;
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) return { succeeded, skipped: count - started, error: failure.reason as Error };
  }
  return { succeeded, skipped: 0, error: undefined };
}
