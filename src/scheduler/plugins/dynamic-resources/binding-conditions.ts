/**
 * Devices that must be made ready for a node before a Pod is bound to it: their driver says so by conditions in the claim's status.
 * Upstream: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go (isClaimReadyForBinding)
 */
import type { Clock } from '../../../base/clock.ts';
import type { Informer } from '../../../client/informer.ts';
import type * as resourcev1 from '../../../resources/types/resource-v1.ts';
import { untilShown } from '../../framework/until-shown.ts';

/** How long a driver has, ms: ten minutes. */
const longestWait = 600_000;

const awaited = ({ status }: resourcev1.ResourceClaim): resourcev1.DeviceRequestAllocationResult[] => (status?.allocation?.devices?.results ?? []).filter(({ bindingConditions = [] }) => bindingConditions.length > 0);

export const hasBindingConditions = (claim: resourcev1.ResourceClaim): boolean => awaited(claim).length > 0;

/** `failed` with the reason. A claim whose devices have no such conditions is ready. */
export type Readiness = { readonly state: 'ready' | 'waiting' } | { readonly state: 'failed'; readonly reason: string };

export function readinessOf(claim: resourcev1.ResourceClaim): Readiness {
  for (const { device, driver, pool, bindingConditions = [], bindingFailureConditions = [] } of awaited(claim)) {
    const { conditions = [] } = claim.status?.devices?.find((one) => one.device === device && one.driver === driver && one.pool === pool) ?? {};
    const trueOf = (types: readonly string[]) => conditions.filter(({ type, status }) => types.includes(type) && status === 'True');
    const [failed] = trueOf(bindingFailureConditions);
    if (failed) return { state: 'failed', reason: `claim ${claim.metadata.name ?? ''} binding failed: reason=${failed.reason}, message=${JSON.stringify(failed.message)}` };
    if (new Set(trueOf(bindingConditions).map(({ type }) => type)).size < bindingConditions.length) return { state: 'waiting' };
  }
  return { state: 'ready' };
}

/** Whether an allocated claim should be allocated anew: its devices failed, or took too long. */
export function isLost(claim: resourcev1.ResourceClaim, now: number): boolean {
  const { state } = readinessOf(claim);
  const since = claim.status?.allocation?.allocationTimestamp;
  return state === 'failed' || (state === 'waiting' && since !== undefined && since !== null && Date.parse(since) + longestWait < now);
}

export interface AwaitedClaims {
  readonly claims: Informer<resourcev1.ResourceClaim>;
  readonly clock: Clock;
  /** 'namespace/name' */
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
}

/** Resolves when all devices are ready; rejects when one failed, a claim is gone, time is up, or `signal` is aborted. */
export function whenReady({ claims, clock, keys, signal }: AwaitedClaims): Promise<void> {
  const look = (gone?: resourcev1.ResourceClaim): boolean => {
    if (gone) throw new Error(`claim ${gone.metadata.name ?? ''} was deleted`);
    const states = keys.map((key): Readiness => {
      const claim = claims.get(key);
      // What was written just now may not be shown yet.
      return claim?.status?.allocation ? readinessOf(claim) : { state: 'waiting' };
    });
    for (const one of states) if (one.state === 'failed') throw new Error(one.reason);
    return states.every(({ state }) => state === 'ready');
  };
  return untilShown(claims, keys, look, { clock, longest: longestWait, late: 'device binding timeout', signal });
}
