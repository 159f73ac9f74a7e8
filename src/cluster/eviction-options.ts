/** How a node's evictions are told on a command line, for those who may not know of the node agent. */
export { defaultEvictionHard, defaultTransitionSeconds, parseEvictionHard } from '../kubelet/eviction/thresholds.ts';
