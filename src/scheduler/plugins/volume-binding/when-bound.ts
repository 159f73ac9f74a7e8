/** Waits until claims are bound. */
import type { Clock } from '../../../base/clock.ts';
import type { Informer } from '../../../client/informer.ts';
import type * as corev1 from '../../../resources/types/core-v1.ts';
import { untilShown } from '../../framework/until-shown.ts';
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
export function whenBound({ claims, clock, timeout, keys, provisioned, node, signal }: Awaited): Promise<void> {
  const asked = new Set<string>();
  const isDone = (key: string): boolean => {
    const claim = claims.get(key);
    if (claim === undefined) throw new Error(`claim ${key} was deleted while its volume was being bound`);
    const shown = claim.metadata.annotations?.[selectedNode];
    if (shown !== undefined) asked.add(key);
    if (isBound(claim)) return true;
    if (provisioned.has(key) && asked.has(key) && shown !== node) throw new Error(`provisioning a volume for claim ${key} on node ${node} failed`);
    return false;
  };
  const look = (): boolean => keys.map(isDone).every(Boolean);
  return untilShown(claims, keys, look, { clock, longest: timeout, late: 'timed out waiting for the condition: volumes are not bound', signal });
}
