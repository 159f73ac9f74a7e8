/** Higher priority first; the queue breaks ties by age. Upstream: pkg/scheduler/framework/plugins/queuesort */
import type { Plugin } from '../../framework/plugin.ts';

export function prioritySort(): Plugin {
  return { name: 'PrioritySort', compare: (a, b) => b.priority - a.priority };
}
