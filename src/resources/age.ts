/**
 * Durations as people read them in tables: '45s', '3m20s', '5h', '12d'.
 * Upstream: k8s.io/apimachinery/pkg/util/duration
 */
const second = 1;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** Two units where the larger is small, one where it is not. `ms` a little below zero is a clock's difference and reads '0s'. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return pair(seconds, minute, 'm', second, 's');
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
  if (seconds < 8 * hour) return pair(seconds, hour, 'h', minute, 'm');
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
  if (seconds < 8 * day) return pair(seconds, day, 'd', hour, 'h');
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`;
  if (seconds < 8 * year) return pair(seconds, year, 'y', day, 'd');
  return `${Math.floor(seconds / year)}y`;
}

/** The time since an RFC 3339 timestamp; '<unknown>' when there is none. */
export function since(timestamp: string | undefined | null, now: number): string {
  if (timestamp === undefined || timestamp === null || timestamp === '') return '<unknown>';
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? '<unknown>' : humanDuration(now - then);
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const larges = Math.floor(seconds / large);
  const smalls = Math.floor((seconds % large) / small);
  return smalls === 0 ? `${larges}${largeName}` : `${larges}${largeName}${smalls}${smallName}`;
}
