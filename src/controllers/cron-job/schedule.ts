/**
 * When a CronJob's Jobs start. By daylight saving, times that a clock leaps over do not happen, and those it shows twice happen twice.
 * Upstream: github.com/robfig/cron/v3, pkg/controller/cronjob/utils.go
 */
import { Cron } from 'croner';
import type * as batchv1 from '../../resources/types/batch-v1.ts';

const hour = 3_600_000;
/** Missed starts beyond this many are a cause for concern. */
const manyMissed = 100;

export interface Schedule {
  /** The first start after `after`, both in ms; undefined: never. */
  next(after: number): number | undefined;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Throws for a schedule or zone that cannot be understood. */
export function readSchedule(text: string, zone: string): Schedule {
  const every = /^@every (.+)$/.exec(text);
  if (every) {
    const period = durationOf(every[1] ?? '');
    return { next: (after) => Math.floor(after / 1000) * 1000 + period };
  }
  const cron = new Cron(text, { paused: true, timezone: zone });
  return { next: (after) => nextRun(cron, after) };
}

function nextRun(cron: Cron, after: number): number | undefined {
  let found = cron.nextRun(new Date(after))?.getTime();
  // Told for a time that the clock leaps over: that one does not happen.
  for (let leaps = 0; found !== undefined && leaps < 4 && !cron.match(new Date(found)); leaps++) found = cron.nextRun(new Date(found))?.getTime();
  const again = after + hour;
  return (found === undefined || again < found) && cron.match(new Date(after)) && cron.match(new Date(again)) ? again : found;
}

const units: Readonly<Record<string, number>> = { h: hour, m: 60_000, s: 1000, ms: 1 };

/** '1h30m' in ms, at least a second. */
function durationOf(text: string): number {
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) throw new Error(`time: invalid duration ${JSON.stringify(text)}`);
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g);
  const sum = [...parts].reduce((total, [, amount = '0', unit = 's']) => total + Number(amount) * (units[unit] ?? 0), 0);
  return Math.max(1000, Math.floor(sum / 1000) * 1000);
}

export interface Due {
  /** The newest start that should have happened, ms. */
  readonly at: number;
  /** So many were missed that something must be wrong. */
  readonly tooMany: boolean;
}

/** undefined: none is due. Starts older than the deadline do not count. */
export function dueTime(cron: batchv1.CronJob, schedule: Schedule, now: number): Due | undefined {
  const deadline = cron.spec?.startingDeadlineSeconds;
  const earliest = Math.max(Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp ?? ''), deadline === undefined ? 0 : now - deadline * 1000);
  const first = schedule.next(earliest);
  if (first === undefined || first > now) return undefined;
  const second = schedule.next(first);
  if (second === undefined || second > now) return { at: first, tooMany: false };
  const period = second - first;
  const missed = Math.floor((now - first) / period) + 1;
  return { at: newestStart(schedule, { first, period, now }), tooMany: missed > manyMissed };
}

/** Looks from so many periods ago; from ever further back, where starts are not evenly spaced. */
function newestStart(schedule: Schedule, { first, period, now }: { readonly first: number; readonly period: number; readonly now: number }): number {
  for (let back = manyMissed * period; ; back *= 2) {
    const from = Math.max(first, now - back);
    let newest = from === first ? first : undefined;
    for (let next = schedule.next(from); next !== undefined && next <= now; next = schedule.next(next)) newest = next;
    if (newest !== undefined) return newest;
  }
}
