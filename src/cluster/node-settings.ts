/** What a node can be told, and how that is read from text, for those who may not know of the node agent. */
export { bySignal, defaultEvictionHard, defaultTransitionSeconds, parseEvictionHard, parseMinimumReclaim } from '../kubelet/eviction/thresholds.ts';
export { nodeCapacity, overReserved } from '../kubelet/node/capacity.ts';
export { usualNodeSettings, type NodeSettings } from '../kubelet/node/node-settings.ts';
