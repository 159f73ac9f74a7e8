/**
 * How the server's seats are shared out: each level's nominal part with what it lends and may borrow, and what it has at the moment,
 * by what its requests have wanted of late. Upstream: k8s.io/apiserver/pkg/util/flowcontrol (apf_controller.go, conc_alloc.go), KEP-1040.
 */
import type { PriorityLevelConfiguration } from '../../resources/types/flowcontrol-v1.ts';

export interface SeatLimits {
  readonly nominal: number;
  /** What is left when others have borrowed all that may be lent. */
  readonly lower: number;
  /** What it has when it borrows all that it may. */
  readonly upper: number;
}

const sharesOf = ({ spec }: PriorityLevelConfiguration): number => (spec?.type === 'Exempt' ? (spec.exempt?.nominalConcurrencyShares ?? 0) : (spec?.limited?.nominalConcurrencyShares ?? 30));

/** By name of level. `seats`: those of the server. */
export function seatLimits(levels: readonly PriorityLevelConfiguration[], seats: number): Map<string, SeatLimits> {
  const shares = levels.reduce((sum, level) => sum + sharesOf(level), 0);
  return new Map(levels.map((level) => {
    const { spec, metadata } = level;
    const nominal = shares === 0 ? 0 : Math.ceil((seats * sharesOf(level)) / shares);
    const percent = (spec?.type === 'Exempt' ? spec.exempt?.lendablePercent : spec?.limited?.lendablePercent) ?? 0;
    const borrowing = spec?.limited?.borrowingLimitPercent;
    const borrowable = borrowing === undefined ? seats : Math.round((nominal * borrowing) / 100);
    return [metadata.name ?? '', { nominal, lower: nominal - Math.round((nominal * percent) / 100), upper: nominal + borrowable }];
  }));
}

export interface Claim {
  readonly target: number;
  readonly lower: number;
  readonly upper: number;
}

/** A claim of nothing still gets its part of what is left over. */
const leastTarget = 0.001;

/**
 * Parts that make `total` together, each the same proportion of its target but for those that meet a bound. Where the bounds leave
 * no such parts, all are at the bound that is nearest.
 */
export function shareOut(total: number, claims: readonly Claim[]): { readonly parts: number[]; readonly proportion: number } {
  const at = (proportion: number): number[] => claims.map(({ target, lower, upper }) => Math.max(lower, Math.min(upper, proportion * Math.max(target, leastTarget))));
  const sum = (parts: readonly number[]): number => parts.reduce((all, part) => all + part, 0);
  const bounds = claims.flatMap(({ target, lower, upper }) => [lower, upper].map((bound) => bound / Math.max(target, leastTarget)));
  let low = Math.min(...bounds, 0);
  let high = Math.max(...bounds, 0);
  if (sum(at(high)) <= total) return { parts: at(high), proportion: high };
  for (let step = 0; step < 100 && low < high; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (sum(at(middle)) < total) low = middle;
    else high = middle;
  }
  return { parts: at(high), proportion: high };
}
