/** Waits until claims are bound. */
import type { Clock } from '../../../base/clock.ts';
import type { Informer } from '../../../client/informer.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { isBound, selectedNode } from './claim-binding.ts';

/** Ten minutes. */
export const usualTimeout = 600_000;

export interface Awaited {
  readonly claims: Informer<corev1.PersistentVolumeClaim>;
  readonly clock: Clock;
  readonly timeout: number;
  /** 'namespace/name' of all claims. */
  readonly keys: readonly string[];
  /** Those that a volume is made for, and for which node. */
  readonly provisioned: ReadonlySet<string>;
  readonly node: string;
  readonly signal: AbortSignal;
}

/** Rejects when a claim is deleted, its provisioner gave up (the node's name is gone from it), time is up, or `signal` is aborted. */
export async function whenBound({ claims, clock, timeout, keys, provisioned, node, signal }: Awaited): Promise<void> {
  const done = Promise.withResolvers<void>();
  const asked = new Set<string>();
  const look = (): void => {
    const open = keys.filter((key) => {
      const claim = claims.get(key);
      if (claim === undefined) {
        done.reject(new Error(`claim ${key} was deleted while its volume was being bound`));
        return true;
      }
      const shown = claim.metadata.annotations?.[selectedNode];
      if (shown !== undefined) asked.add(key);
      const refused = provisioned.has(key) && asked.has(key) && shown !== node && !isBound(claim);
      if (refused) done.reject(new Error(`provisioning a volume for claim ${key} on node ${node} failed`));
      return !isBound(claim);
    });
    if (open.length === 0) done.resolve();
  };
  const remove = claims.addHandler({ updated: look, deleted: look });
  const timer = clock.after(timeout, () => done.reject(new Error('timed out waiting for the condition: volumes are not bound')));
  const abort = (): void => done.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  look();
  try {
    await done.promise;
  } finally {
    remove();
    timer.cancel();
    signal.removeEventListener('abort', abort);
  }
}
