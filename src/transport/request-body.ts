/** Collecting a request body, with a limit on its size and on the time it takes. */
import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { BodyTimeoutError, BodyTooLargeError, ClientGoneError } from './exchange.ts';

export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** A body that is not complete after this many milliseconds is given up. */
  readonly bodyTimeoutMs: number;
  readonly clock: Clock;
}

export function collectBody(source: Readable, limits: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = limits.clock.after(limits.bodyTimeoutMs, () => fail(new BodyTimeoutError('the request body did not arrive in time')));
    const settle = (): void => {
      timer.cancel();
      source.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (error: Error): void => {
      settle();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limits.maxBodyBytes) {
        source.pause();
        fail(new BodyTooLargeError(limits.maxBodyBytes));
      } else {
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      settle();
      const [only] = chunks;
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, size));
    };
    const onGone = (cause?: unknown): void => fail(new ClientGoneError('the client left before its request was complete', { cause }));
    if (source.destroyed && !source.readableEnded) {
      onGone();
      return;
    }
    source.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}
