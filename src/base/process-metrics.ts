/** What a process says of itself to scrapers: time, memory, and how late the event loop is. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricsRegistry } from './metrics.ts';

/** Between two looks at the loop, ms: each wakes an idle process. */
const delayIntervalMs = 100;
const nanoseconds = 1e9;

/** Returns how to stop measuring. */
export function addProcessMetrics(registry: MetricsRegistry): () => void {
  const delay = monitorEventLoopDelay({ resolution: delayIntervalMs });
  delay.enable();
  // The histogram holds the times between two looks: what is beyond the interval is the delay.
  const seconds = (measured: number): number => Math.max(0, measured - delayIntervalMs * 1e6) / nanoseconds;
  const started = Date.now() / 1000 - process.uptime();
  registry.sampled('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', 'counter', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  });
  registry.sampled('process_resident_memory_bytes', 'Resident memory size in bytes.', 'gauge', () => process.memoryUsage.rss());
  registry.sampled('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', 'gauge', () => started);
  registry.sampled('nodejs_heap_size_used_bytes', 'Used size of the heap in bytes.', 'gauge', () => process.memoryUsage().heapUsed);
  for (const [name, percentile] of [['p50', 50], ['p90', 90], ['p99', 99]] as const) {
    registry.sampled(`nodejs_eventloop_lag_${name}_seconds`, `The ${percentile}th percentile of the event loop's delays.`, 'gauge', () => seconds(delay.percentile(percentile)));
  }
  registry.sampled('nodejs_eventloop_lag_max_seconds', 'The longest delay of the event loop.', 'gauge', () => seconds(delay.max));
  return () => delay.disable();
}
